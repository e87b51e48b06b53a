import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bridge.engine.gan_rows import Hits
from export.gan import judging
from export.gan.baselines import always, by_rule, nearest
from export.gan.figures import apart, auc, carried, divergence, followed, wasserstein
from export.gan.taps import plain
from tests.export.gan.grooves import windows

pytestmark = pytest.mark.train


def test_a_kit_that_meets_every_tap_follows_wholly() -> None:
    deck = windows()
    tap = plain(deck.kit).onset
    assert followed(deck.kit, tap) == carried(deck.kit, tap) == 1.0
    silent = Hits(*(np.zeros_like(part) for part in deck.kit))
    assert followed(silent, tap) == carried(silent, tap) == 0.0


def test_distances_are_nothing_to_oneself_and_grow() -> None:
    random = np.random.default_rng(1)
    one = random.normal(size=500)
    assert wasserstein(one, one) == 0.0
    assert wasserstein(one, one + 2.0) == pytest.approx(2.0, abs=0.01)
    edges = np.linspace(-5, 5, 21)
    assert divergence(one, one, edges) == pytest.approx(0.0, abs=1e-9)
    assert 0.9 < divergence(one, one + 100.0, np.array([-50.0, 50.0, 150.0])) <= 1.0


def test_grooves_without_a_common_hit_are_wholly_apart() -> None:
    one = np.zeros((1, 9, 32), np.float32)
    one[0, 0, 0] = 1
    other = np.roll(one, 1, 2)
    assert apart(one, other).tolist() == [1.0]
    assert apart(one, one).tolist() == [0.0]


def test_the_area_is_the_chance_of_being_ranked_above() -> None:
    assert auc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0
    assert auc(np.array([0.0, 3.0]), np.array([1.0, 2.0])) == 0.5


def test_the_nearest_taps_groove_is_its_own_in_training() -> None:
    deck = windows()
    found = nearest(deck, plain(deck.kit).onset, deck.genre)
    assert (plain(found).onset == plain(deck.kit).onset).all()
    assert len(always(deck, 3).onset) == 3
    assert by_rule(deck.genre[:2], np.array([1.0, 3.0], np.float32)).onset.sum() > 8


def test_spoiling_a_kit_keeps_its_hits() -> None:
    kit = windows().kit
    for spoilt in (judging._strewn(kit, 1), judging._shuffled(kit, torch.Generator().manual_seed(1))):
        assert spoilt.onset.sum() == kit.onset.sum()
        assert (spoilt.onset != kit.onset).any()
