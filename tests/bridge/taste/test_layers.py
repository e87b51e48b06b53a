import numpy as np
from numpy.typing import NDArray

from bridge.taste.layers import Said, learn, likely, together, undescribed

Floats = NDArray[np.float64]


def nobody(width: int = 0) -> Said:
    return Said(np.zeros((0, 6)), undescribed(0, width), np.zeros(0))


def cloud(count: int, seed: int = 1, latents: int = 0) -> Said:
    """Items of which only the first feature matters, or, with latents, the first of those."""
    chance = np.random.default_rng(seed)
    vectors, places = chance.normal(size=(count, 6)), chance.normal(size=(count, latents))
    matters = places[:, 0] if latents else vectors[:, 0]
    return Said(vectors, places, np.where(matters > 0, 1.0, -1.0))


def right(own: Said, others: Said, fresh: Said) -> float:
    """Share of fresh items that are told right."""
    found = likely(learn(own, together(others)), fresh.vectors, fresh.places)
    return float(np.mean((found > 0.5) == (fresh.values > 0)))


def test_a_newcomer_begins_where_the_others_are_and_then_goes_their_own_way() -> None:
    others, contrary = cloud(300), cloud(60, 5)
    turned = Said(contrary.vectors, contrary.places, -contrary.values)
    assert learn(nobody(), together(others)).features[0] > 0.5
    assert learn(turned, together(others)).features[0] < 0


def test_what_no_feature_says_is_learnt_from_latents() -> None:
    own, fresh = cloud(40, 2, latents=3), cloud(400, 3, latents=3)
    blind = Said(own.vectors, undescribed(40), own.values)
    seen = Said(fresh.vectors, undescribed(400), fresh.values)
    assert right(own, nobody(3), fresh) > 0.8
    assert right(blind, nobody(), seen) < 0.65
    assert right(nobody(3), own, fresh) > 0.8


def test_an_item_that_was_not_described_is_judged_by_its_features_alone() -> None:
    own = cloud(40, 2, latents=3)
    learnt = learn(own, together(nobody(3)))
    plain = learn(Said(own.vectors, undescribed(40), own.values), together(nobody()))
    assert np.array_equal(learnt.features, plain.features)
    fresh = cloud(5, 4, latents=3)
    unknown = likely(learnt, fresh.vectors, undescribed(5, 3))
    assert np.array_equal(unknown, likely(plain, fresh.vectors, undescribed(5)))
    assert not np.array_equal(unknown, likely(learnt, fresh.vectors, fresh.places))


def test_some_may_be_described_and_others_not() -> None:
    own = cloud(40, 2, latents=3)
    places = own.places.copy()
    places[::2] = np.nan
    learnt = learn(Said(own.vectors, places, own.values), together(nobody(3)))
    assert np.isfinite(likely(learnt, own.vectors, places)).all()
    assert learnt.latents[0] > 0
