import os
from pathlib import Path

import pytest

from bridge.errors import AlreadyRunningError
from bridge.lock import DaemonLock, holder


def test_a_second_daemon_is_told_who_holds_the_stage_and_the_stage_is_free_again_after(tmp_path: Path) -> None:
    taken = pytest.raises(AlreadyRunningError, match=r"process \d+\); stop that one first")
    with DaemonLock(tmp_path), taken, DaemonLock(tmp_path):
        pass
    with DaemonLock(tmp_path):
        pass
    assert not (tmp_path / "daemon.pid").exists()


def test_the_holder_is_known_from_outside_and_nobody_holds_what_was_only_left(tmp_path: Path) -> None:
    assert holder(tmp_path / "nowhere") == 0
    with DaemonLock(tmp_path):
        assert holder(tmp_path) == os.getpid()
    (tmp_path / "daemon.pid").write_text("4711")
    assert holder(tmp_path) == 0
    with DaemonLock(tmp_path):
        pass
