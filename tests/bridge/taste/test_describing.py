from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from bridge.engine.catalogue import find
from bridge.engine.pack import pack_sha
from bridge.errors import PackError
from bridge.taste.describing import DESCRIBER, describe_rest, open_describer, place_of
from bridge.taste.item import Item, Kind
from bridge.taste.store import Store
from tests.bridge.taste.music import item, phrase


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as store:
        yield store


def test_every_phrase_is_described_once(store: Store) -> None:
    me = store.current()
    for number in range(3):
        store.opine(me, item(0.5, number), 1.0, "said", number)
    assert describe_rest(store) == 3
    assert describe_rest(store) == 0
    places = store.places()[DESCRIBER].of
    assert np.allclose(places[item(0.5, 1).id], place_of(open_describer(find(DESCRIBER)), phrase(0.5, salt=1)))


def test_what_another_version_said_is_said_anew_by_this_one(store: Store) -> None:
    me = store.current()
    for number in range(2):
        store.opine(me, item(0.5, number), 1.0, "said", number)
        store.place(item(0.5, number).id, DESCRIBER, "older", (9.0,))
    sha = pack_sha(find(DESCRIBER))
    assert [waiting.id for waiting in store.undescribed(DESCRIBER, sha)] == [item(0.5, n).id for n in (1, 0)]
    assert describe_rest(store) == 2
    assert (9.0,) not in store.places()[DESCRIBER].of.values()


def test_what_cannot_be_read_is_left_out_and_without_the_pack_nothing_happens(store: Store) -> None:
    store.opine(store.current(), Item("phrase:odd", Kind.PHRASE, "odd", "{}"), 1.0, "said", 0.0)
    assert describe_rest(store) == 0
    store.opine(store.current(), item(), 1.0, "said", 1.0)
    assert describe_rest(store, "no such pack") == 0


def test_a_pack_that_cannot_describe_says_so() -> None:
    with pytest.raises(PackError, match="where phrases lie"):
        open_describer(find("lstm-melody"))
