"""The groove pack in the band, on the offline clock: a rhythm tapped on one key, and a kit that goes with it."""

from functools import cache
from pathlib import Path

from bridge.engine.shelf import open_pack
from bridge.jam.knobs import Knobs
from bridge.music.note import Note, Voice
from bridge.record.take import Origin
from bridge.rehearsal import Rehearsal
from tests.bridge.wire.cable import open_notes

FOLDER = Path(__file__).parents[3] / "models" / "groove-gan"
BEAT = 0.5
PATTERN = (0.0, 0.75, 1.5, 2.0, 3.0)
BARS = 6
TAPPED = 4


@cache
def jam(mode: str, seed: int = 1) -> Rehearsal:
    """Four bars of taps on one key, and two bars of silence; a fill is due at the end of the fourth."""
    rehearsal = Rehearsal(open_pack, FOLDER, Knobs(mode=mode, seed=seed, phrase_bars=4), bpm=60 / BEAT)
    rehearsal.band.choose_voices((Voice.DRUMS,))
    rehearsal.run(0.1)
    rehearsal.start(0.0)
    rehearsal.run(0.02)
    first = rehearsal.band.map.time_at(-rehearsal.band.map.song)
    taps = [first + (4 * bar + beat) * BEAT for bar in range(TAPPED) for beat in PATTERN]
    rehearsal.perform([(time, 0.1, 60, 90) for time in taps if time > rehearsal.time.now()])
    rehearsal.run(4 * BARS * BEAT)
    rehearsal.stop()
    rehearsal.run(0.5)
    return rehearsal


def drums(rehearsal: Rehearsal) -> list[Note]:
    sent = [each for each in rehearsal.band.take.band_notes if each.origin is Origin.MODEL]
    return [each.note for each in sent if each.note.voice is Voice.DRUMS]


def test_a_rhythm_tapped_on_one_key_gets_a_kit_that_meets_it() -> None:
    rehearsal = jam("drums")
    song = rehearsal.band.map.song
    struck = {round((note.beat + song) * 4) for note in drums(rehearsal)}
    wanted = {round(4 * (4 * bar + beat)) for bar in range(1, TAPPED - 1) for beat in PATTERN}
    assert len(wanted & struck) >= 0.7 * len(wanted)


def test_the_kit_goes_on_while_the_hands_rest() -> None:
    rehearsal = jam("drums")
    song = rehearsal.band.map.song
    last = [note for note in drums(rehearsal) if note.beat + song >= 4 * (TAPPED + 1)]
    assert len(last) >= 4


def test_nothing_sticks_and_nothing_but_drums_sounds() -> None:
    rehearsal = jam("drums")
    assert not open_notes(rehearsal.out)
    assert {each.note.voice for each in rehearsal.band.take.band_notes} == {Voice.DRUMS}


def test_it_plays_in_the_bands_other_modes_too() -> None:
    assert drums(jam("accompany"))
    assert drums(jam("free"))


def test_the_same_taps_and_seed_give_the_same_drums() -> None:
    first = drums(jam("drums"))
    jam.cache_clear()
    assert drums(jam("drums")) == first
