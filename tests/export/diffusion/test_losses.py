import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.diffusion_condition import HERE
from bridge.engine.diffusion_roll import LOGITS
from bridge.engine.diffusion_roll import mean as played_mean
from bridge.engine.window import STEPS
from export.diffusion.batches import Batch, batch, by_channel
from export.diffusion.dataset import shelve
from export.diffusion.losses import guess, losses, mean, noised
from tests.bridge.engine.rolls import certain
from tests.export.ensemble.bands import band


def windows() -> Batch:
    return batch(shelve([band(0), band(3)]), np.arange(16), np.random.default_rng(0))


def test_torch_and_the_engine_expect_the_same_of_logits() -> None:
    logits = np.random.default_rng(1).normal(0, 3, (5, STEPS, LOGITS)).astype(np.float32)
    np.testing.assert_allclose(mean(torch.from_numpy(logits)).numpy(), played_mean(logits), atol=1e-5)


def test_whoever_knows_the_music_loses_nothing() -> None:
    known = windows()
    sure = torch.from_numpy(np.stack([certain(table) for table in known.table.numpy().astype(np.int16)]))
    assert float(losses(sure, known).max()) < 0.05
    assert float(losses(torch.zeros_like(sure), known).sum() / known.made.sum()) > 1.0
    expected = guess(sure, known)
    clean = torch.where(by_channel(known.made[:, HERE]), known.clean[:, HERE], 0.0)
    assert float((expected - clean).abs().max()) < 0.01


def test_what_is_given_has_no_noise_and_what_is_left_out_is_silent() -> None:
    known = windows()
    x = noised(known, torch.ones(16), torch.full_like(known.clean, 3.0))
    given, made = by_channel(known.given), by_channel(known.made)
    assert torch.equal(x[given], known.clean[given])
    assert torch.allclose(x[made], torch.tensor(3.0), atol=1e-4)
    assert not x[~given & ~made].any()


def test_only_what_is_to_be_made_costs_anything() -> None:
    known = windows()
    found = losses(torch.randn(16, STEPS, LOGITS), known)
    assert not found[~known.made[:, HERE]].any()
