import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from export.theory.examples import FIGURES, MEASURES
from export.theory.judging import Grid, Sweep, effects, outside, reach, single
from export.theory.knobs import Fit, ends, fitted, joined

pytestmark = pytest.mark.train

AT = (-2.0, -1.0, 0.0, 1.0, 2.0)


def swept(moves: list[float], knob: str = "range", phrases: int = 6) -> Sweep:
    """A sweep that moves one attribute of every phrase alike, and nothing else."""
    measures = np.zeros((len(AT), phrases, len(MEASURES)))
    measures[:, :, MEASURES.index(knob)] = np.array(moves)[:, None] + np.arange(phrases)
    return Sweep(knob, AT, measures, np.full((len(AT), phrases, len(FIGURES)), 0.5))


WIDE = np.zeros(len(FIGURES)), np.ones(len(FIGURES))


def test_a_knob_that_moves_its_attribute_and_no_other_is_seen_to() -> None:
    found = effects(swept([-2, -1, 0, 1, 2]))
    assert found["range"] == pytest.approx(1.0)
    assert all(value == 0 for name, value in found.items() if name != "range")
    assert single(swept([-2, -1, 0, 1, 2]), "range") == pytest.approx(1.0)


def test_a_range_ends_where_the_attribute_moves_no_further() -> None:
    fit = fitted(swept([-1, -1, 0, 1, 2.5]), 1.0, WIDE)
    assert (fit.low, fit.high, fit.travel) == (-1, 2, 3.5)


def test_a_range_ends_before_the_music_is_unlike_any_that_was_written() -> None:
    found = swept([-2, -1, 0, 1, 2])
    found.figures[4, :, 3] = 7.0
    assert (fitted(found, 1.0, WIDE).low, fitted(found, 1.0, WIDE).high) == (-2, 1)
    assert [name for _, name, _ in outside(found, *WIDE)] == [FIGURES[3]]


def test_reach_is_counted_from_the_middle_in_deviations() -> None:
    assert reach(swept([-2, -1, 0, 1, 2]), 2.0) == (-1, -0.5, 0, 0.5, 1)


def test_beyond_the_ends_of_a_range_one_more_is_tried_and_taken_where_it_will_do() -> None:
    assert ends(Fit("range", -1.0, 1.5, 2.0, 2.0)) == (-1.25, 1.75)
    assert ends(Fit("range", -3.5, 3.5, 2.0, 2.0)) == ()
    coarse, more = swept([-2, -1, 0, 1, 2]), Sweep("range", (1.25,), *_beyond(1.25))
    coarse.figures[4, :, 3] = 7.0
    whole = joined(coarse, more)
    assert whole.positions == (-2.0, -1.0, 0.0, 1.0, 1.25, 2.0)
    assert fitted(whole, 1.0, WIDE).high == 1.25


def _beyond(move: float) -> tuple[Grid, Grid]:
    measures = np.zeros((1, 6, len(MEASURES)))
    measures[:, :, MEASURES.index("range")] = move + np.arange(6)
    return measures, np.full((1, 6, len(FIGURES)), 0.5)
