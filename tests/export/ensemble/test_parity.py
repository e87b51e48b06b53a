import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.codec import PARTS, SHIFTS
from bridge.engine.kv import HIDDEN
from export.ensemble.parity import first

LEAST = 3


def odds(seed: int) -> NDArray[np.float64]:
    """Some joint probabilities of voice and shift: most of it lies at shift 0, as after a chord's first note."""
    random = np.random.default_rng(seed)
    joint = random.exponential(size=(PARTS, SHIFTS)) * 0.9 ** np.arange(SHIFTS)
    joint[:, 0] *= 50
    found: NDArray[np.float64] = joint / joint.sum()
    return found


def masked(least: int) -> NDArray[np.float32]:
    return np.where(np.arange(SHIFTS) < least, HIDDEN, np.float32(0)).astype(np.float32)


def test_where_everybody_may_play_a_draw_is_the_models_own() -> None:
    np.testing.assert_allclose(first(odds(1), np.zeros(PARTS, np.float32), masked(0)), odds(1), atol=1e-12)


def test_a_voice_is_drawn_with_regard_to_the_time_that_has_passed() -> None:
    joint = odds(2)
    found = first(joint, np.zeros(PARTS, np.float32), masked(LEAST))
    np.testing.assert_allclose(found[:, LEAST:], joint[:, LEAST:] / joint[:, LEAST:].sum(), atol=1e-12)
    assert not found[:, :LEAST].any()


def test_what_others_were_expected_to_play_makes_a_voice_play_no_sooner() -> None:
    """As if one drew again and again, and passed over what those would do whose notes are settled."""
    joint, random = odds(3), np.random.default_rng(4)
    closed = (1, 4, 6)
    noise = np.zeros(PARTS, np.float32)
    noise[list(closed)] = HIDDEN
    seen = np.zeros((PARTS, SHIFTS))
    for _ in range(20_000):
        left = joint.copy()
        left[:, :LEAST] = 0
        while True:
            flat = left.ravel()
            voice, shift = divmod(int(np.searchsorted(flat.cumsum(), random.random() * flat.sum(), "right")), SHIFTS)
            if voice not in closed:
                break
            left[:, :shift] = 0
            left[list(closed), shift] = 0
        seen[voice, shift] += 1 / 20_000
    found = first(joint, noise, masked(LEAST))
    np.testing.assert_allclose(seen.sum(0), found.sum(0), atol=0.015)
    np.testing.assert_allclose(seen.sum(1), found.sum(1), atol=0.015)
