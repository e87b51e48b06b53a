import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.errors import TasteError
from bridge.taste.store import FIRST, Places, Store
from tests.bridge.taste.music import item


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as store:
        yield store


def test_there_is_a_profile_from_the_start(store: Store) -> None:
    assert store.current().name == FIRST


def test_profiles_are_made_chosen_and_renamed(store: Store) -> None:
    store.create("Ana")
    assert store.choose("ana").name == "Ana"
    store.rename("ANA", "Åse B.")
    assert store.current().name == "Åse B."
    assert [profile.name for profile in store.profiles()] == ["Åse B."]


@pytest.mark.parametrize("name", ["", " ", "..", "-x", "a\nb/c", "x" * 41, "\x1b[31m"])
def test_what_is_no_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(TasteError, match="cannot be called"):
        store.create(name)


def test_a_name_is_taken_once_whatever_its_letters(store: Store) -> None:
    store.create("Ana")
    with pytest.raises(TasteError, match="already"):
        store.create("ANA")
    store.create("Bo")
    with pytest.raises(TasteError, match="already"):
        store.rename("Bo", "ana")


def test_a_profile_that_there_is_not_is_told_with_those_there_are(store: Store) -> None:
    store.create("Ana")
    with pytest.raises(TasteError, match="there are: Ana"):
        store.choose("Bob")


def test_the_last_word_on_a_phrase_holds(store: Store) -> None:
    me = store.current()
    store.opine(me, item(), 1.0, "said", 1.0)
    store.opine(me, item(), -1.0, "said", 2.0)
    assert [opinion.value for opinion in store.opinions(me)] == [-1.0]


def test_what_was_said_outright_is_not_undone_by_a_guess(store: Store) -> None:
    me = store.current()
    assert store.opine(me, item(), -0.25, "cut short", 1.0)
    assert store.opine(me, item(), 1.0, "said", 2.0)
    assert not store.opine(me, item(), -0.25, "cut short", 3.0)
    assert [opinion.value for opinion in store.opinions(me)] == [1.0]


def test_the_last_word_is_taken_back_and_what_went_with_it(store: Store) -> None:
    me = store.current()
    store.opine(me, item(0.0), 1.0, "said", 1.0)
    for speed in (0.5, 1.0):
        store.opine(me, item(speed), 1.0, "said", 2.0)
    assert store.take_back(me) is not None
    assert [opinion.item for opinion in store.opinions(me)] == [item(0.0).id]
    assert list(store.items()) == [item(0.0).id]
    store.take_back(me)
    assert store.take_back(me) is None


def test_a_profile_does_not_see_what_another_likes(store: Store) -> None:
    me, ana = store.current(), store.create("Ana")
    store.opine(ana, item(), 1.0, "said", 1.0)
    assert store.opinions(me) == []


def test_where_a_pack_has_a_phrase_is_kept_as_long_as_the_phrase(store: Store) -> None:
    me = store.current()
    store.opine(me, item(), 1.0, "said", 1.0)
    store.place(item().id, "vae", "a1", (0.5, -1.0))
    store.place("phrase:unknown", "vae", "a1", (0.0, 0.0))
    assert store.places() == {"vae": Places("a1", {item().id: (0.5, -1.0)})}
    store.take_back(me)
    assert store.places() == {}


def test_latents_of_two_versions_of_a_pack_are_never_mixed(store: Store) -> None:
    me = store.current()
    for number in range(3):
        store.opine(me, item(0.5, number), 1.0, "said", number)
        store.place(item(0.5, number).id, "vae", "a1", (float(number),))
    store.place(item(0.5, 0).id, "other", "c3", (7.0, 7.0))
    store.place(item(0.5, 1).id, "vae", "b2", (-1.0, 2.0))
    assert store.places() == {
        "vae": Places("b2", {item(0.5, 1).id: (-1.0, 2.0)}),
        "other": Places("c3", {item(0.5, 0).id: (7.0, 7.0)}),
    }


def test_what_is_forgotten_is_nowhere_in_the_files_any_more(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "taste.sqlite3"
    with closing(Store(path)) as store:
        ana, bo = store.create("Anastasia"), store.create("Bo")
        for profile, speed in ((ana, 0.0), (ana, 1.0), (bo, 1.0)):
            store.opine(profile, item(speed), 1.0, "said", 1.0)
        assert store.forget("anastasia") == 2
        assert [profile.name for profile in store.profiles()] == ["Bo"]
        assert list(store.items()) == [item(1.0).id]
        for file in path.parent.iterdir():
            data = file.read_bytes()
            assert b"Anastasia" not in data
            assert ana.uid.encode() not in data
            assert item(0.0).id.encode() not in data
        assert store.forget() == 1
        assert store.current().name == FIRST


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps the folder of a user to the user anyway")
def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "taste.sqlite3"
    with closing(Store(path)) as store:
        store.opine(store.current(), item(), 1.0, "said", 1.0)
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())


def test_another_process_that_writes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "taste.sqlite3"
    with closing(Store(path)) as one, closing(Store(path)) as other:
        before = one.version
        one.create("Ana")
        assert one.version == before
        other.create("Bo")
        assert one.version != before


@pytest.mark.parametrize("data", [b"not a database at all, just text" * 40, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_broken_file_is_one_clear_line_and_stays_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "taste.sqlite3"
    path.write_bytes(data)
    with pytest.raises(TasteError, match="cannot be used"):
        Store(path)
    assert path.read_bytes() == data


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TasteError, match="cannot be kept"):
        Store(tmp_path / "file" / "taste.sqlite3")


KILLED = """
import sys
from pathlib import Path
from bridge.taste.store import Store
from tests.bridge.taste.music import item
store = Store(Path(sys.argv[1]))
number = 0
while True:
    store.opine(store.current(), item(number % 9 / 8, number), 1.0, "said", float(number))
    number += 1
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_in_mid_writing_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "taste.sqlite3"
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, cwd=root) as writer:
        assert writer.stdout is not None
        until, written = time.monotonic() + 30.0, 0
        while written < 30 and time.monotonic() < until:
            written = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
    with closing(Store(path)) as store:
        assert store.count(store.current()) >= 30
        assert all(opinion.item in store.items() for opinion in store.opinions(store.current()))
