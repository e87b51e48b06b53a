import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bridge.engine.gan_rows import DENSITY, DENSITY_KNOWN, DENSITY_UNIT, FOLLOW, FRAME, TAPPED
from bridge.engine.window import STEPS
from export.gan.batches import density, draw, whole
from tests.export.gan.grooves import windows

pytestmark = pytest.mark.train


def test_a_batch_has_what_the_graphs_read() -> None:
    batch = draw(windows(), 12, np.random.default_rng(1))
    assert batch.kit.shape == (12, 27, STEPS)
    assert batch.tap.shape == (12, 3, STEPS)
    assert batch.frame.shape == (12, 7, STEPS)
    assert batch.wishes.shape == (12, 16)
    assert all(part.dtype == torch.float32 for part in (batch.kit, batch.tap, batch.frame, batch.wishes))


def test_windows_cut_to_another_meter_have_nothing_behind_their_end() -> None:
    batch = draw(windows(), 200, np.random.default_rng(2))
    outside = batch.frame[:, :1] == 0
    assert outside.any()
    assert not (batch.kit * outside).any()
    assert not (batch.tap * outside).any()
    lines = batch.frame[:, FRAME.index("bar line")].sum(1)
    assert set(lines.tolist()) <= {1.0, 2.0, 4.0}


def test_the_density_told_is_that_of_the_window() -> None:
    deck = windows()
    batch = whole(deck)
    found = batch.wishes[:, DENSITY].numpy() * DENSITY_UNIT
    np.testing.assert_allclose(found, density(deck.kit.onset, deck.steps), rtol=1e-5)
    assert not whole(deck, told=False).wishes[:, [DENSITY, DENSITY_KNOWN]].any()


def test_a_window_without_taps_says_so() -> None:
    batch = draw(windows(), 300, np.random.default_rng(3))
    silent = ~batch.tap[:, 0].any(1)
    assert silent.any()
    assert not batch.wishes[silent][:, [FOLLOW, TAPPED]].any()
    assert batch.wishes[~silent][:, TAPPED].all()


def test_drawing_leaves_the_deck_as_it_is() -> None:
    deck = windows()
    before = deck.kit.onset.copy()
    draw(deck, 100, np.random.default_rng(4))
    assert (deck.kit.onset == before).all()
