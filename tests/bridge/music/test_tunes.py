from itertools import pairwise

import pytest

from bridge.errors import SettingsError
from bridge.music.meter import Meter
from bridge.music.tunes import TUNES, Tune, TuneNote, find, parse

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}
COMMON = Meter(4, 4)
every_tune = pytest.mark.parametrize("tune", TUNES, ids=lambda tune: tune.name)


def pitch_classes(key: str) -> set[int]:
    tonic, scale = key.split()
    return {(STEPS[tonic] + step) % 12 for step in SCALES[scale]}


def test_there_are_tunes_for_different_keys_modes_and_meters() -> None:
    assert len(TUNES) >= 4
    assert len({tune.key for tune in TUNES}) == len(TUNES)
    assert {tune.key.split()[1] for tune in TUNES} == set(SCALES)
    assert {str(tune.meter) for tune in TUNES} == {"4/4", "3/4", "6/8"}


@every_tune
def test_every_note_is_in_the_key_or_marked_as_passing(tune: Tune) -> None:
    inside = pitch_classes(tune.key)
    notes = [note for phrase in tune.phrases for note in phrase.notes]
    assert all((note.pitch % 12 in inside) != note.outside for note in notes)
    assert sum(note.outside for note in notes) <= len(notes) / 15


@every_tune
def test_a_passing_note_goes_on_by_step(tune: Tune) -> None:
    for phrase in tune.phrases:
        for note, following in pairwise(phrase.notes):
            assert not note.outside or abs(following.pitch - note.pitch) <= 3


@every_tune
def test_a_tune_is_eight_to_sixteen_bars_in_equal_phrases(tune: Tune) -> None:
    assert 8 <= tune.bars <= 16
    assert len({phrase.bars for phrase in tune.phrases}) == 1
    assert all(2 <= phrase.bars <= 4 for phrase in tune.phrases)


@every_tune
def test_a_phrase_begins_on_the_one_and_ends_with_a_breath(tune: Tune) -> None:
    for phrase in tune.phrases:
        last = phrase.notes[-1]
        assert phrase.notes[0].beat == 0.0
        assert last.beat + last.duration <= phrase.bars * tune.meter.bar - 1.0


@every_tune
def test_a_tune_is_one_voice_that_can_be_sung(tune: Tune) -> None:
    notes = tune.performance()
    assert all(note.beat + note.duration <= after.beat for note, after in pairwise(notes))
    pitches = [note.pitch for note in notes]
    assert max(pitches) - min(pitches) <= 19
    for phrase in tune.phrases:
        inside = [note.pitch for note in phrase.notes]
        assert all(abs(one - other) <= 9 for one, other in pairwise(inside))


@every_tune
def test_a_tune_comes_home(tune: Tune) -> None:
    assert tune.phrases[-1].notes[-1].pitch % 12 == STEPS[tune.key[0]]


@every_tune
def test_a_tune_has_dynamics(tune: Tune) -> None:
    velocities = {note.velocity for phrase in tune.phrases for note in phrase.notes}
    assert len(velocities) >= 5
    assert all(40 <= velocity <= 110 for velocity in velocities)


@every_tune
def test_a_performance_leaves_room_for_an_answer_after_each_phrase(tune: Tune) -> None:
    bar = tune.meter.bar
    phrase_beats = tune.phrases[0].bars * bar
    notes = tune.performance()
    assert tune.length() == 2 * tune.bars * bar
    assert all(note.beat % (2 * phrase_beats) < phrase_beats for note in notes)
    assert tune.length(answer=1) == (tune.bars + len(tune.phrases)) * bar
    assert tune.performance(answer=0)[-1].beat < tune.length(answer=0) == tune.bars * bar


def test_a_line_is_read_as_beats_pitches_and_velocities() -> None:
    tune = parse("x", "C major", COMMON, 100.0, "p c4/1 f#4!/.5 bb4/1.5 r/1 | f c5/2 r/2")
    assert tune.phrases[0].bars == 2
    assert tune.phrases[0].notes == (
        TuneNote(0.0, 1.0, 60, 62),
        TuneNote(1.0, 0.5, 66, 56, outside=True),
        TuneNote(1.5, 1.5, 70, 52),
        TuneNote(4.0, 2.0, 72, 102),
    )


def test_a_line_that_ends_in_a_bar_line_goes_on() -> None:
    tune = parse("x", "C major", COMMON, 100.0, "c4/4 |\n  d4/4\n e4/4 | r/4")
    assert [phrase.bars for phrase in tune.phrases] == [2, 2]


def test_in_six_eight_the_dotted_quarter_is_stressed() -> None:
    tune = parse("x", "C major", Meter(6, 8), 100.0, "mf " + "c4/.5 " * 6)
    velocities = [note.velocity for note in tune.phrases[0].notes]
    assert velocities == [88, 78, 78, 82, 78, 78]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("c4/1 d4/1 | e4/4", "bar 1: it has 2 beats, but 4/4 needs 4"),
        ("c4/4 | h4/4", "bar 2: «h4/4» is no note"),
        ("  ", "has no notes"),
    ],
)
def test_a_line_that_cannot_be_read_says_where(text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        parse("x", "C major", COMMON, 100.0, text)


def test_a_tune_is_found_by_a_part_of_its_name() -> None:
    assert find("lamp").name == "Lamp Oil"
    assert find() is TUNES[0]


def test_a_tune_that_is_not_ours_is_answered_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="Slow Window"):
        find("Yesterday")
