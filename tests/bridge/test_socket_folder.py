import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.link import Exchange, dial
from bridge.socket_folder import PREFIX, SETTLED, SHORT, SOCKET, make, remove, sweep

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only there sockets lie in folders")


@pytest.fixture
def parent() -> Iterator[Path]:
    """A folder with a short path, in place of the temporary one."""
    with tempfile.TemporaryDirectory(prefix="t-", dir=SHORT) as folder:
        yield Path(folder)


def left_behind(parent: Path, name: str = "killed") -> Path:
    """What a process leaves that was killed while it listened."""
    folder = parent / f"{PREFIX}{name}"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / SOCKET))
        listener.listen()
    return folder


def later() -> float:
    return time.time() + SETTLED + 1


def test_what_a_killed_process_left_is_swept(parent: Path) -> None:
    folder = left_behind(parent)
    assert sweep(str(parent), later()) == 1
    assert not folder.exists()


def test_a_line_that_is_listened_on_stays_and_works(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(parent))
    exchange = Exchange()
    exchange.accept(lambda connection: connection.close())
    assert sweep(str(parent), later()) == 0
    dial(exchange.address, exchange.key).close()
    exchange.close()
    assert list(parent.iterdir()) == []


def test_a_line_too_young_to_be_listened_on_stays(parent: Path) -> None:
    folder = left_behind(parent)
    assert sweep(str(parent), time.time()) == 0
    assert folder.exists()


def test_what_is_not_surely_ours_stays(parent: Path) -> None:
    full = left_behind(parent, "full")
    (full / "diary.txt").touch()
    (parent / f"{PREFIX}empty").mkdir()
    (parent / f"{PREFIX}file").touch()
    (parent / f"{PREFIX}text").mkdir()
    (parent / f"{PREFIX}text" / SOCKET).write_text("no socket")
    elsewhere = left_behind(parent, "elsewhere").rename(parent / "elsewhere")
    (parent / f"{PREFIX}link").symlink_to(elsewhere)
    before = sorted(parent.rglob("*"))
    assert sweep(str(parent), later()) == 0
    assert sorted(parent.rglob("*")) == before


def test_a_new_folder_sweeps_where_it_is_made(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(parent))
    old, now = left_behind(parent), time.time()
    monkeypatch.setattr("bridge.socket_folder.clock.time", lambda: now + SETTLED + 1)
    folder = make()
    assert not old.exists()
    assert Path(folder).parent == parent
    remove(folder)
    assert not Path(folder).exists()


def test_a_temporary_folder_with_a_long_path_is_gone_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("very" * 20) / ("long" * 20)
    long.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    exchange = Exchange()
    assert exchange.address.startswith(f"{SHORT}/{PREFIX}")
    exchange.close()
    assert not Path(exchange.address).parent.exists()


def test_where_there_is_no_room_it_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(SettingsError, match="set TMPDIR to a folder with a short path"):
        make()
