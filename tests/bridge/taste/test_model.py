from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from bridge.taste.features import SIZE
from bridge.taste.item import Item, Kind
from bridge.taste.liking import Liking
from bridge.taste.model import features_of, liking
from bridge.taste.store import Store
from tests.bridge.taste.music import item, phrase


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as store:
        yield store


def appeal(found: Liking, speed: float) -> float:
    return float(np.dot(found.weights, phrase(speed).features))


def test_nobody_has_said_anything(store: Store) -> None:
    assert liking(store, store.current()) == Liking()


def test_who_likes_fast_phrases_is_found_to(store: Store) -> None:
    me = store.current()
    for number in range(5):
        store.opine(me, item(0.9, number), 1.0, "said", number)
        store.opine(me, item(0.1, number), -1.0, "said", number)
    found = liking(store, me)
    assert len(found.weights) == SIZE
    assert appeal(found, 1.0) > 0.5 > -0.5 > appeal(found, 0.0)
    assert found == liking(store, me)


def test_a_newcomer_is_told_from_nobody_but_leans_to_what_others_like(store: Store) -> None:
    ana = store.create("Ana")
    for number in range(6):
        store.opine(ana, item(0.9, number), 1.0, "said", number)
    assert appeal(liking(store, store.current()), 1.0) > appeal(liking(store, store.current()), 0.0)


def test_a_packs_latents_count_from_the_first_phrase_that_it_has_described(store: Store) -> None:
    me = store.current()
    assert liking(store, me).packs == {}
    for number in range(10):  # all of them alike in their features
        value = 1.0 if number % 2 else -1.0
        store.opine(me, item(0.5, number), value, "said", number)
        store.place(item(0.5, number).id, "vae", "a1", (value, 0.1))
        weights = liking(store, me).packs["vae"].weights
        assert len(weights) == 3
    assert np.dot(weights, (1.0, 0.1, 1.0)) > 0.3
    assert np.dot(weights, (-1.0, 0.1, 1.0)) < -0.3


def test_latents_change_nothing_for_packs_that_describe_nothing(store: Store) -> None:
    me = store.current()
    for number in range(4):
        store.opine(me, item(0.5, number), 1.0, "said", number)
    before = liking(store, me)
    store.place(item(0.5, 0).id, "vae", "a1", (1.0, -1.0))
    assert liking(store, me).weights == before.weights


def test_what_cannot_be_read_is_left_out(store: Store) -> None:
    me = store.current()
    store.opine(me, Item("phrase:odd", Kind.PHRASE, "odd", "{}"), 1.0, "said", 0.0)
    assert features_of("{}") == ()
    assert not any(liking(store, me).weights)
