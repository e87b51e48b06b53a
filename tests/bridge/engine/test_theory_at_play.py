"""The music-theory pack in the band, on the offline clock: a tune that is carried on, varied, followed, accompanied."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bridge.engine.shelf import open_pack
from bridge.jam.knobs import Knobs
from bridge.music.key import Key
from bridge.music.note import Note, Voice
from bridge.record.take import Origin
from bridge.rehearsal import Rehearsal
from tests.bridge.wire.cable import open_notes

FOLDER = Path(__file__).parents[3] / "models" / "theory-vae"
BEAT = 0.5
TUNE = (60, 64, 67, 64, 65, 69, 67, 65, 64, 67, 72, 67, 65, 62, 59, 60)
"""Four bars in quarters, in C major."""
BAND = (Voice.LEAD, Voice.CHORDS, Voice.BASS)


@cache
def jam(mode: str, voices: tuple[Voice, ...] = BAND, turned: tuple[tuple[str, float], ...] = ()) -> Rehearsal:
    """Four bars of a tune, and six bars of silence."""
    knobs = Knobs(mode=mode, seed=1, key=Key(0), key_lock=False, pack={"": dict(turned)})
    rehearsal = Rehearsal(open_pack, FOLDER, knobs, bpm=60 / BEAT)
    rehearsal.band.choose_voices(voices)
    rehearsal.run(0.1)
    rehearsal.start(0.0)
    rehearsal.run(0.02)
    first = rehearsal.band.map.time_at(4.0 - rehearsal.band.map.song)
    rehearsal.perform([(first + n * BEAT, 0.45, pitch, 90) for n, pitch in enumerate(TUNE)])
    rehearsal.run(4 * 11 * BEAT)
    rehearsal.stop()
    rehearsal.run(0.5)
    return rehearsal


def made(rehearsal: Rehearsal, voice: Voice) -> list[Note]:
    sent = [each for each in rehearsal.band.take.band_notes if each.origin is Origin.MODEL]
    return [each.note for each in sent if each.note.voice is voice]


def bars(rehearsal: Rehearsal, notes: list[Note], first: int, last: int) -> list[tuple[float, int]]:
    """Notes of some bars of the song, as beats from the first of them, on the grid, and pitches."""
    song = rehearsal.band.map.song
    places = [(round(4 * (note.beat + song)) / 4 - 4 * first, note.pitch) for note in notes]
    return [(beat, pitch) for beat, pitch in places if 0 <= beat < 4 * (last - first)]


@pytest.mark.parametrize("mode", ["continue", "vary", "accompany", "free", "follow", "trade"])
def test_the_whole_band_plays_in_every_mode_and_nothing_sticks(mode: str) -> None:
    rehearsal = jam(mode)
    voices = BAND[1:] if mode == "accompany" else BAND  # the lead is the player's there
    assert all(len(made(rehearsal, voice)) >= 8 for voice in voices)
    assert not open_notes(rehearsal.out)
    assert rehearsal.band.metrics.dropped == 0


def test_a_tune_that_is_varied_comes_back_as_it_was_with_the_knobs_in_the_middle() -> None:
    rehearsal = jam("vary")
    notes = made(rehearsal, Voice.LEAD)
    first = round(notes[0].beat + rehearsal.band.map.song) // 4
    assert bars(rehearsal, notes, first, first + 4) == [(float(n), pitch) for n, pitch in enumerate(TUNE)]


def test_a_knob_is_heard() -> None:
    plain, high = (made(jam("vary", BAND, turned), Voice.LEAD) for turned in ((), (("height", 1.0),)))
    assert np.mean([note.pitch for note in high]) > np.mean([note.pitch for note in plain]) + 2


def test_what_accompanies_a_tune_in_c_is_in_c() -> None:
    rehearsal = jam("accompany", BAND[1:])
    pitches = [note.pitch % 12 for voice in BAND[1:] for note in made(rehearsal, voice)]
    assert np.mean([pitch in (0, 2, 4, 5, 7, 9, 11) for pitch in pitches]) > 0.9


def test_the_same_tune_and_seed_give_the_same_notes() -> None:
    def played(knobs: Mapping[str, float]) -> list[Note]:
        rehearsal = jam("continue", BAND, tuple(knobs.items()))
        return [each.note for each in rehearsal.band.take.band_notes]

    first = played({})
    jam.cache_clear()
    assert played({}) == first
