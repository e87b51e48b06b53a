import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import TasteError
from bridge.taste import scribe as module
from bridge.taste.scribe import Scribe
from bridge.taste.store import Store

WAIT = 10.0


class Desk:
    """Takes what is handed back, in the order in which it comes."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._came = threading.Semaphore(0)
        self._calls: list[Callable[[], object]] = []

    def back(self, function: Callable[[], object]) -> None:
        self._calls.append(function)
        self._came.release()

    def take(self) -> None:
        assert self._came.acquire(timeout=WAIT), "nothing was handed back"
        self._calls.pop(0)()


@contextmanager
def at_work(path: Path, desk: Desk, **rest: Any) -> Iterator[Scribe]:
    scribe = Scribe(path, desk.back, desk.told.append, **rest)
    try:
        yield scribe
    finally:
        scribe.close()


def test_nothing_is_written_before_there_is_something_to_write(tmp_path: Path) -> None:
    with at_work(tmp_path / "taste.sqlite3", Desk()):
        pass
    assert not list(tmp_path.iterdir())


def test_a_job_is_done_elsewhere_and_its_result_handed_back(tmp_path: Path) -> None:
    desk, results = Desk(), list[tuple[str, str]]()
    with at_work(tmp_path / "taste.sqlite3", desk) as scribe:
        scribe.do(lambda store: (store.create("Ana").name, threading.current_thread().name), results.append)
        desk.take()
    assert results == [("Ana", "taste")]


def test_what_was_asked_for_before_the_end_is_written(tmp_path: Path) -> None:
    path = tmp_path / "taste.sqlite3"
    with at_work(path, Desk()) as scribe:
        for number in range(20):
            scribe.do(partial(Store.create, name=f"p{number}"))
    store = Store(path)
    assert len(store.profiles()) == 20
    store.close()


def test_what_goes_wrong_is_told_once_and_the_next_job_is_done(tmp_path: Path) -> None:
    desk, results = Desk(), list[str]()

    def fails(store: Store) -> None:
        raise TasteError("the disk is full")

    def breaks(store: Store) -> None:
        raise ZeroDivisionError

    with at_work(tmp_path / "taste.sqlite3", desk) as scribe:
        for job in (fails, fails, breaks):
            scribe.do(job)
        scribe.do(lambda store: "done", results.append)
        for _ in range(3):
            desk.take()
    assert desk.told[0] == "the disk is full"
    assert "please report" in desk.told[1]
    assert results == ["done"]


def test_more_than_the_disk_takes_is_lost_and_told(tmp_path: Path) -> None:
    desk, gate = Desk(), threading.Event()
    with at_work(tmp_path / "taste.sqlite3", desk) as scribe:
        scribe.do(lambda store: gate.wait(WAIT))
        for _ in range(2 * module.WAITING):
            scribe.do(lambda store: None)
        gate.set()
        for _ in range(2):
            desk.take()
    assert any("lost" in line for line in desk.told) or any("faster" in line for line in desk.told)


def test_what_the_command_line_changes_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK", 0.02)
    path, desk, seen = tmp_path / "taste.sqlite3", Desk(), list[int]()
    with at_work(path, desk, changed=lambda store: len(store.profiles()), then=seen.append) as scribe:
        scribe.do(lambda store: store.current(), lambda _: None)
        desk.take()
        other = Store(path)
        other.create("Ana")
        other.close()
        desk.take()
    assert seen == [2]
