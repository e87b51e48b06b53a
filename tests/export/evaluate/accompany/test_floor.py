from bridge.music.note import Voice
from export.evaluate.accompany.floor import Floor
from tests.export.ensemble.bands import band
from tests.export.evaluate.accompany.stages import TRIAL, comping, played

FLOOR = Floor([band(n) for n in range(4)])


def test_the_floor_plays_the_trials_voices_in_its_bars_and_the_same_again() -> None:
    notes = FLOOR.play(TRIAL)
    assert {note.voice for note in notes} == set(TRIAL.voices) == {Voice.CHORDS}
    assert all(0 <= note.beat < note.end <= TRIAL.end for note in notes)
    assert notes == FLOOR.play(TRIAL)
    assert notes != FLOOR.play(TRIAL, seed=1)


def test_what_was_counted_surprises_less_than_what_was_not() -> None:
    usual = FLOOR.surprise(TRIAL, FLOOR.play(TRIAL))
    odd = FLOOR.surprise(TRIAL, played(*((8.0 + n * 0.75, 0.25, 40 + 7 * n) for n in range(8))))
    assert usual is not None
    assert odd is not None
    assert usual < odd


def test_nothing_can_be_said_of_a_single_onset() -> None:
    assert FLOOR.surprise(TRIAL, comping()[6:9]) is None
