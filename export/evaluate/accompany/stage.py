"""The stage: a trial's player is heard by the real band on the offline clock, and what the band sends is kept."""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.control.parameters import ParameterTable
from bridge.engine.family import Ask, Family, Heard
from bridge.engine.loading import Open, Opened
from bridge.engine.shelf import open_pack
from bridge.jam.knobs import Knobs
from bridge.jam.modes import MODES
from bridge.jam.modes.free import Free
from bridge.music.chart import Chart
from bridge.music.key import Key
from bridge.music.note import BAND, Note, Voice
from bridge.record.take import Origin, Take
from bridge.rehearsal import NOTE, Rehearsal
from export.evaluate.accompany.sounding import chord_at
from export.evaluate.accompany.trial import Trial

SETTLE = 0.05
"""Seconds that a start needs to be known everywhere."""
LOADING = 0.2
AHEAD = 0.12
"""Beats before the first bar line at which a note still belongs to the trial."""
EXACT = 1e-4
"""Beats below which two places are one; what lies nearer to a 96th is taken to lie on it."""
FINE = 96
HALF = 0.5


class Played(msgspec.Struct, frozen=True):
    """What a band played to a trial, in beats from its first bar line, and how it kept up."""

    notes: tuple[Note, ...]
    by_rule: float = 0.0
    """Share of the notes that the vamp made."""
    isr: float | None = None
    isrw: float | None = None
    take: Take | None = None


class Choosing:
    """A family that is asked for so many candidates, whatever the measured pace would have allowed."""

    def __init__(self, family: Family, candidates: int) -> None:
        self._family = family
        self._candidates = candidates

    def hear(self, event: Heard) -> None:
        """See `Family`."""
        self._family.hear(event)

    def rewind(self, beat: float) -> None:
        """See `Family`."""
        self._family.rewind(beat)

    def respond(self, ask: Ask) -> Iterator[Note]:
        """See `Family`; the ask's number of candidates is replaced."""
        return self._family.respond(msgspec.structs.replace(ask, candidates=self._candidates))

    def warm_up(self) -> None:
        """See `Family`."""
        self._family.warm_up()


class Stage:
    """Plays trials in one mode with the pack in a folder, or with the vamp where there is none.

    Time is simulated: a note is taken to cost `note_seconds`, so the same trial gives the same notes everywhere.
    """

    def __init__(
        self,
        pack: Path | None,
        mode: str = "accompany",
        candidates: int = 1,
        seed: int = 1,
        note_seconds: float = NOTE,
        opens: Open = open_pack,
    ) -> None:
        self._pack = pack
        self._mode = mode
        self._candidates = candidates
        self._seed = seed
        self._note_seconds = note_seconds
        self._opens = opens

    @property
    def alone(self) -> bool:
        """Whether nobody plays with the band in this mode."""
        return isinstance(MODES[self._mode], Free)

    def play(self, trial: Trial, charted: bool = False) -> Played:
        """The band's answer to a trial's player, of whom it hears each note when it is played and not before.

        `charted`: it has the piece's chords before it, as from a player who has typed them in.
        """
        knobs = msgspec.structs.replace(Knobs.of(ParameterTable()), mode=self._mode, seed=self._seed)
        if charted:
            knobs = msgspec.structs.replace(knobs, chart=chart(trial))
        if self.alone:
            knobs = msgspec.structs.replace(knobs, key=Key(trial.tonic, "minor" if trial.mode == "minor" else "major"))
        rehearsal = Rehearsal(
            None if self._pack is None else self._open, self._pack or Path(), knobs, trial.bpm, trial.meter
        )
        rehearsal.note_seconds = self._note_seconds
        rehearsal.band.choose_voices(self._voices(trial, rehearsal))
        rehearsal.run(LOADING)
        rehearsal.start(trial.meter.bar)
        rehearsal.run(SETTLE)
        map = rehearsal.band.map
        if not self.alone:
            second = 60.0 / trial.bpm
            rehearsal.perform(
                [(map.time_at(n.beat - map.song), n.duration * second, n.pitch, n.velocity) for n in trial.player]
            )
        rehearsal.run(map.time_at(trial.end - map.song) - rehearsal.time.now())
        return self._heard(rehearsal, trial)

    def _voices(self, trial: Trial, rehearsal: Rehearsal) -> tuple[Voice, ...]:
        """The trial's voices that the pack has, or all of its own where it has none of them."""
        rehearsal.run(LOADING)
        loaded = rehearsal.band.loaded
        if loaded is None:
            return trial.voices
        return tuple(voice for voice in trial.voices if voice in loaded.voices) or tuple(
            voice for voice in BAND if voice in loaded.voices
        )

    def _heard(self, rehearsal: Rehearsal, trial: Trial) -> Played:
        song, take = rehearsal.band.map.song, rehearsal.band.take
        notes, made = [], 0
        for sent in take.band_notes:
            note = sent.note
            beat = _placed(note.beat + song)
            if -AHEAD <= beat < trial.end and note.voice in BAND:
                length = min(note.duration, trial.end - beat)
                notes.append(Note(note.voice, max(beat, 0.0), length, note.pitch, note.velocity))
                made += sent.origin is Origin.VAMP
        hits = rehearsal.band.conductor.hits
        asked = hits.ticks > 0
        return Played(
            notes=tuple(notes),
            by_rule=made / len(notes) if notes else 0.0,
            isr=hits.rate if asked else None,
            isrw=hits.weighted if asked else None,
            take=take,
        )

    def _open(self, folder: Path, provider: str, strict: bool) -> Opened:
        """The pack, opened anew for each trial, so that nothing of the one before is left in it."""
        family, loaded = self._opens(folder, "cpu", strict)
        return Choosing(family, self._candidates), loaded


def chart(trial: Trial) -> Chart:
    """A trial's chords as a chart, each where it is at every half beat."""
    places = round(trial.meter.bar / HALF)
    return Chart(
        tuple(
            tuple(chord_at(trial, bar * trial.meter.bar + place * HALF) for place in range(places))
            for bar in range(math.ceil(trial.end / trial.meter.bar))
        )
    )


def swapped(own: Trial, other: Trial) -> Trial:
    """A trial in which the band hears another trial's player, and is asked for its own voices."""
    return msgspec.structs.replace(own, player=other.player)


def _placed(beat: float) -> float:
    near = round(beat * FINE) / FINE
    return near if abs(near - beat) < EXACT else beat
