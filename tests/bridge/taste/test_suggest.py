from collections.abc import Iterator
from contextlib import closing

import pytest

from bridge.control.parameters import ParameterTable
from bridge.control.preset import Preset
from bridge.taste import neighbours
from bridge.taste.item import Kind, of_preset, of_setting
from bridge.taste.store import Profile, Store
from bridge.taste.suggest import suggestions
from tests.bridge.taste.music import item

TABLE = ParameterTable()
needs_library = pytest.mark.skipif(not neighbours.there(), reason="needs the extra `taste`")


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as store:
        yield store


def agree(store: Store, *profiles: Profile) -> None:
    """Everybody likes the fast ones and not the slow ones."""
    for profile in profiles:
        for number in range(4):
            store.opine(profile, item(0.9, number), 1.0, "said", number)
            store.opine(profile, item(0.1, number), -1.0, "said", number)


def test_at_first_there_is_nothing_to_suggest(store: Store) -> None:
    assert suggestions(store, store.current()) == []


@needs_library
def test_players_like_you_kept_it(store: Store) -> None:
    me, ana, bo, cy = store.current(), store.create("Ana"), store.create("Bo"), store.create("Cy")
    agree(store, me, ana, bo)
    for number in range(4):  # and one who is of the other mind
        store.opine(cy, item(0.9, number), -1.0, "said", number)
        store.opine(cy, item(0.1, number), 1.0, "said", number)
    trade = of_setting(TABLE.place("mode"), "trade")
    free = of_setting(TABLE.place("mode"), "free")
    for profile in (ana, bo):
        store.opine(profile, trade, 1.0, "said", 9.0)
    store.opine(cy, free, 1.0, "said", 9.0)
    found = [one for one in suggestions(store, me) if one.item.kind is Kind.SETTING]
    assert [one.item.id for one in found][:1] == [trade.id]
    assert found[0].kept == 2
    assert found[0].line == "setting mode trade: players like you kept it"
    assert free.id not in {one.item.id for one in found}


def test_a_preset_on_the_shelf_is_suggested_for_what_it_is(store: Store) -> None:
    me = store.current()
    shelf = [of_preset(Preset(f"p{n}", values={"density": n / 2.0}), TABLE) for n in range(1, 12)]
    for preset in shelf[:2]:
        store.opine(me, preset, -1.0, "said", 0.0)
    for preset in shelf[-3:]:
        store.opine(me, preset, 1.0, "said", 0.0)
    found = suggestions(store, me, shelf)
    assert found[0].item.label == "«p8»"
    assert found[0].reason == "it is like what you liked"
    judged = {preset.id for preset in (*shelf[:2], *shelf[-3:])}
    assert not judged & {one.item.id for one in found}


def test_no_more_of_a_kind_than_asked_for(store: Store) -> None:
    agree(store, store.current(), ana := store.create("Ana"))
    for number in range(5, 15):
        store.opine(ana, item(0.8, number), 1.0, "said", 9.0)
    assert len(suggestions(store, store.current(), each=2)) == 2
    assert len(suggestions(store, store.current(), each=4)) == 4
