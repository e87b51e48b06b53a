import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.errors import TasteError
from bridge.taste.exchange import Merged, export, merge, read
from bridge.taste.store import Store
from tests.bridge.taste.music import item


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as store:
        yield store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What Ana, and somebody called «me», have exported."""
    path = tmp_path / "friends.json"
    with closing(Store(":memory:")) as store:
        me, ana = store.current(), store.create("Ana", made=5.0)
        store.opine(ana, item(0.0), 1.0, "said", 1.0)
        store.opine(ana, item(1.0), -1.0, "said", 2.0)
        store.opine(me, item(0.5), 1.0, "said", 3.0)
        assert export(store, path) == 2
    return path


def everything(store: Store) -> object:
    return [(each.uid, each.name, store.opinions(each)) for each in store.profiles()], store.items()


def test_a_file_can_be_merged_as_often_as_one_likes(store: Store, file: Path) -> None:
    store.current()
    assert merge(store, read(file)) == Merged(2, 3)
    once = everything(store)
    assert merge(store, read(file)) == Merged(0, 0)
    assert everything(store) == once
    assert [profile.name for profile in store.profiles()] == ["Ana", "me", "me (2)"]


def test_what_is_newer_holds_whichever_comes_first(store: Store, file: Path) -> None:
    merge(store, read(file))
    ana = store.find("Ana")
    store.opine(ana, item(0.0), -1.0, "said", 9.0)
    assert merge(store, read(file)) == Merged(0, 0)
    assert next(each.value for each in store.opinions(ana) if each.item == item(0.0).id) == -1.0


def test_only_the_profiles_that_are_named_go_out(store: Store, file: Path, tmp_path: Path) -> None:
    merge(store, read(file))
    path = tmp_path / "ana.json"
    assert export(store, path, ["ana"]) == 1
    text = path.read_text()
    assert "\n" in text
    assert item(0.5).id not in text
    assert [said["name"] for said in json.loads(text)["profiles"]] == ["Ana"]


def test_what_was_written_out_is_read_back_the_same(store: Store, file: Path, tmp_path: Path) -> None:
    merge(store, read(file))
    again = tmp_path / "again.json"
    export(store, again)
    assert read(again) == read(file)


def spoilt(file: Path, how: str) -> None:
    said = json.loads(file.read_text())
    match how:
        case "newer":
            said["schema"] = 99
        case "changed":
            said["items"][0]["content"] = said["items"][0]["content"].replace('"beats":8.0', '"beats":4.0')
        case "endless":
            said["items"][0]["content"] = said["items"][0]["content"].replace('"beats":8.0', '"beats":1e300')
        case "escape":
            said["items"][0]["label"] = "\x1b[2J"
        case "renamed":
            said["items"][0]["id"] = "preset:x"
        case "nameless":
            said["profiles"][0]["name"] = "../../x"
        case "empty":
            said = {}
    file.write_text(json.dumps(said))


@pytest.mark.parametrize("how", ["newer", "changed", "endless", "escape", "renamed", "nameless", "empty"])
def test_a_file_that_somebody_has_meddled_with_is_refused_whole(store: Store, file: Path, how: str) -> None:
    before = everything(store)
    spoilt(file, how)
    with pytest.raises(TasteError):
        merge(store, read(file))
    assert everything(store) == before


def test_opinions_that_cannot_be_are_left_out(store: Store, file: Path) -> None:
    text = file.read_text().replace('"value": -1.0', '"value": -1e9').replace('"time": 1.0', '"time": 0')
    file.write_text(text)
    merge(store, read(file))
    assert {opinion.value for opinion in store.opinions(store.find("Ana"))} == {1.0, -1.0}


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"antiphon": "layout"}'])
def test_what_is_no_such_file_is_told_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(TasteError, match="no profiles"):
        read(path)
    with pytest.raises(TasteError, match="cannot be read"):
        read(tmp_path / "absent.json")
