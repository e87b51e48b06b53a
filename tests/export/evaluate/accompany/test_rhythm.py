import pytest
from msgspec.structs import replace

from bridge.music.note import Voice
from export.evaluate.accompany.rhythm import density, groove, onset_agreement, onset_entropy, with_player
from tests.export.evaluate.accompany.stages import TRIAL, comping, played


def test_the_written_part_agrees_with_itself() -> None:
    assert onset_agreement(TRIAL, TRIAL.human) == groove(TRIAL, TRIAL.human) == 1.0


def test_a_band_on_the_off_beat_never_agrees() -> None:
    assert onset_agreement(TRIAL, comping(late=0.5)) == 0.0


def test_where_nobody_wrote_a_part_there_is_nothing_to_agree_with() -> None:
    bare = replace(TRIAL, human=())
    assert onset_agreement(bare, comping()) is None
    assert groove(bare, comping()) is None


def test_one_chord_a_bar_meets_a_quarter_of_the_players_onsets() -> None:
    assert with_player(TRIAL, comping()) == pytest.approx(2 * 2 / (2 + 8))


def test_only_judged_bars_and_pitched_notes_count_for_density() -> None:
    drums = played((8.0, 0.1, 36), voice=Voice.DRUMS)
    assert density(TRIAL, (*comping(), *drums)) == 6 / 8


def test_always_the_same_place_in_the_bar_has_no_entropy() -> None:
    assert onset_entropy(TRIAL, comping()) == 0.0
    assert onset_entropy(TRIAL, played((8.0, 1, 60), (9.0, 1, 60))) == 1.0
