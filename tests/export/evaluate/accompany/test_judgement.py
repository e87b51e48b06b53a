import pytest

from export.evaluate.accompany.judgement import (
    HUMAN,
    MARKOV,
    PACK,
    SWAPPED,
    VAMP,
    Loss,
    distance_table,
    figures,
    listens,
    losses,
    values,
)
from export.evaluate.accompany.stage import Played
from tests.export.evaluate.accompany.stages import TRIAL, comping, played

DEAF = played(*((4.0 * bar, 4.0, 61) for bar in range(4)))


def test_a_band_that_is_as_good_with_another_tune_has_lost_nothing() -> None:
    row = {HUMAN: [Played(comping())], PACK: [Played(DEAF)], SWAPPED: [Played(DEAF)], VAMP: [Played(DEAF)]}
    found = losses(values([TRIAL], row))
    assert listens(found) == 0.0
    assert found["chord-tone ratio"].gap > 0.5


def test_a_band_that_falls_to_the_vamp_with_another_tune_has_lost_the_whole_gap() -> None:
    row = {HUMAN: [Played(comping())], PACK: [Played(comping())], SWAPPED: [Played(DEAF)], VAMP: [Played(DEAF)]}
    assert listens(losses(values([TRIAL], row))) == pytest.approx(1.0)


def test_where_people_are_no_better_than_the_vamp_nothing_can_be_said() -> None:
    same = [Played(comping())]
    assert listens(losses(values([TRIAL], {HUMAN: same, PACK: same, SWAPPED: same, VAMP: same}))) is None


def test_a_measure_with_hardly_a_gap_does_not_outweigh_the_others() -> None:
    assert listens({"wide": Loss(0.5, 0.0), "narrow": Loss(0.04, 0.4)}) == 0.5
    assert listens({"wide": Loss(0.5, 0.5), "narrow": Loss(0.04, -0.4)}) == 0.0


def test_what_was_not_played_has_no_figure() -> None:
    found = figures(values([TRIAL], {HUMAN: [None], MARKOV: [Played(DEAF)]}))
    assert found["notes a beat"][HUMAN] is None
    assert found["notes a beat"][MARKOV] is not None


def test_people_have_no_distance_from_themselves_in_the_table() -> None:
    found = distance_table([TRIAL], {HUMAN: [Played(comping())], PACK: [Played(comping())]})
    for columns in found.values():
        assert HUMAN not in columns
        pack = columns[PACK]
        assert pack is not None
        assert pack.value == 0.0
