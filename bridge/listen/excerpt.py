"""Excerpts of our own tunes: a player's phrase and its answer, or a player and a band, by pack, by rule or by hand.

All are put together in the same way and from the same bar line on, so that nothing but the music tells them apart.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.shelf import open_pack
from bridge.jam.knobs import Knobs
from bridge.music.note import BAND, Note, Voice
from bridge.music.tunes import SOUNDING, Tune, TuneNote
from bridge.record.take import Take
from bridge.rehearsal import Rehearsal

LOUDNESS = 84
"""Mean velocity that every band's notes are brought to: the louder one would win."""
PHRASES = 2
"""Phrases of an excerpt."""
EARLY = 0.1
"""Beats before the first bar line at which a note still belongs to the excerpt."""
READY = 0.3
"""Seconds for a pack to be there, and for a start to be known."""


class Who(StrEnum):
    """Who plays with the player."""

    PACK = "pack"
    VAMP = "vamp"
    HUMAN = "human"


class Kind(StrEnum):
    """What they play."""

    ANSWER = "answer"
    ACCOMPANIMENT = "accompaniment"


CONTENDERS = {Kind.ANSWER: (Who.PACK, Who.VAMP, Who.HUMAN), Kind.ACCOMPANIMENT: (Who.PACK, Who.VAMP)}
"""Who there is to play each kind; our tunes have one written part, so people answer and do not accompany."""
BEHIND = (Voice.DRUMS, Voice.BASS, Voice.CHORDS)


class Excerpt(msgspec.Struct, frozen=True):
    """Which excerpt: `first` is the index of its first phrase."""

    tune: Tune
    first: int
    kind: Kind

    @property
    def phrase(self) -> float:
        """Beats of a phrase."""
        return self.tune.phrases[self.first].bars * self.tune.meter.bar

    @property
    def beats(self) -> float:
        """Beats of the excerpt."""
        return self.phrase * PHRASES

    @property
    def player(self) -> tuple[TuneNote, ...]:
        """What the player plays: the first phrase, and the second one too where the band does not answer."""
        own = self.tune.phrases[self.first].notes
        return own if self.kind is Kind.ANSWER else (*own, *self.answer)

    @property
    def answer(self) -> tuple[TuneNote, ...]:
        """The phrase with which the tune itself goes on."""
        later = self.tune.phrases[self.first + 1].notes
        return tuple(msgspec.structs.replace(note, beat=note.beat + self.phrase) for note in later)


def choices(tunes: Iterable[Tune]) -> list[Excerpt]:
    """Every excerpt that two phrases in a row of these tunes give."""
    return [
        Excerpt(tune, first, kind)
        for tune in tunes
        for first in range(0, len(tune.phrases) - 1, PHRASES)
        if tune.phrases[first].bars == tune.phrases[first + 1].bars
        for kind in Kind
    ]


def perform(excerpt: Excerpt, who: Who, pack: Path, seed: int) -> Take:
    """The excerpt played; a pack plays through the real band on the offline clock. Raises AntiphonError."""
    if who is Who.HUMAN:
        band = [Note(Voice.LEAD, n.beat, n.duration * SOUNDING, n.pitch, n.velocity) for n in excerpt.answer]
    else:
        band = _rehearsed(excerpt, pack if who is Who.PACK else None, seed)
    return put_together(excerpt, levelled(band))


def put_together(excerpt: Excerpt, band: Sequence[Note]) -> Take:
    """A take of player and band, both in beats from the excerpt's first bar line."""
    take = Take()
    take.tempo(TempoMap(bpm=excerpt.tune.tempo, meter=excerpt.tune.meter, playing=True))
    for note in excerpt.player:
        take.player_on(note.beat, note.pitch, note.velocity)
        take.player_off(note.beat + note.duration * SOUNDING, note.pitch)
    for answered in band:
        take.band(answered)
    take.close(excerpt.beats)
    return take


def levelled(notes: Sequence[Note]) -> list[Note]:
    """The notes, each voice as loud on average as the others' would be."""
    found: list[Note] = []
    for voice in {note.voice for note in notes}:
        own = [note for note in notes if note.voice is voice]
        louder = LOUDNESS - sum(note.velocity for note in own) / len(own)
        found += [
            msgspec.structs.replace(note, velocity=min(max(round(note.velocity + louder), 1), 127)) for note in own
        ]
    return sorted(found, key=lambda note: (note.beat, note.voice, note.pitch))


def _rehearsed(excerpt: Excerpt, pack: Path | None, seed: int) -> list[Note]:
    tune, answers = excerpt.tune, excerpt.kind is Kind.ANSWER
    bars = tune.phrases[excerpt.first].bars
    knobs = Knobs(mode="trade", trade_bars=bars, seed=seed) if answers else Knobs(mode="accompany", seed=seed)
    rehearsal = Rehearsal(open_pack if pack else None, pack or Path(), knobs, tune.tempo, tune.meter)
    rehearsal.band.choose_voices((Voice.LEAD,) if answers else BEHIND)
    rehearsal.run(READY)
    rehearsal.start(tune.meter.bar)
    rehearsal.run(READY / 4)
    map = rehearsal.band.map
    second = 60.0 / tune.tempo
    rehearsal.perform(
        [
            (map.time_at(note.beat - map.song), note.duration * SOUNDING * second, note.pitch, note.velocity)
            for note in excerpt.player
        ]
    )
    rehearsal.run(map.time_at(excerpt.beats - map.song) - rehearsal.time.now())
    first = excerpt.phrase if answers else 0.0
    found = []
    for sent in rehearsal.band.take.band_notes:
        note = sent.note
        beat = note.beat + map.song
        if first - EARLY <= beat < excerpt.beats and note.voice in BAND:
            length = min(note.duration, excerpt.beats - beat)
            found.append(msgspec.structs.replace(note, beat=max(beat, 0.0), duration=length))
    return found
