from export.evaluate.accompany.variety import pitch_entropy, self_similarity
from tests.export.evaluate.accompany.stages import TRIAL, played


def test_two_pitch_classes_in_turn_have_one_bit() -> None:
    assert pitch_entropy(TRIAL, played((8.0, 1, 60), (9.0, 1, 67), (10.0, 1, 72), (11.0, 1, 79))) == 1.0


def test_the_same_bar_twice_is_wholly_like_itself_and_another_is_not() -> None:
    assert self_similarity(TRIAL, played((8.0, 1, 60), (12.0, 1, 72))) == 1.0
    assert self_similarity(TRIAL, played((8.0, 1, 60), (12.0, 1, 61))) == 0.0
