import numpy as np
import pytest

pytest.importorskip("torch")

from export.data.piece import Column, Role
from export.ensemble.drum_timing import jitter, offsets, table
from tests.export.ensemble.bands import band

pytestmark = pytest.mark.train


def test_a_snare_that_drags_is_found_whatever_the_recordings_delay() -> None:
    piece = band(bars=80)
    piece.style = "rock"
    drums = piece.notes[:, Column.ROLE] == Role.DRUMS
    snare = drums & (piece.notes[:, Column.PITCH] == 38)
    piece.micro = np.where(snare, 0.05, np.where(drums, 0.03, 0.0)).astype(np.float32)
    found = offsets([piece])
    rows = table(found)["rock"]
    assert rows["snare"][0] - rows["kick"][0] == 10
    assert rows["hat"] == (0, 0, 0, 0)
    assert jitter(found) == pytest.approx(0.0, abs=0.1)


def test_drums_by_rule_say_nothing() -> None:
    piece = band(bars=80)
    piece.drum_dynamics = False
    assert offsets([piece]) == {}
