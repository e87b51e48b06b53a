from msgspec.structs import replace

from export.evaluate.accompany.distance import NAMES, ONSET, PITCH, distance, histograms
from tests.export.evaluate.accompany.stages import TRIAL, comping


def test_people_are_at_no_distance_from_themselves() -> None:
    own = [histograms(TRIAL, TRIAL.human)]
    assert all(distance(name, own, own) == 0.0 for name in NAMES)


def test_an_octave_up_is_another_pitch_at_the_same_place() -> None:
    up = [replace(note, pitch=note.pitch + 12) for note in comping()]
    ours, theirs = [histograms(TRIAL, up)], [histograms(TRIAL, TRIAL.human)]
    assert distance(PITCH, ours, theirs) == 1.0
    assert distance(ONSET, ours, theirs) == 0.0
