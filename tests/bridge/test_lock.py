from pathlib import Path

import pytest

from bridge.errors import AlreadyRunningError
from bridge.lock import DaemonLock


def test_a_second_daemon_is_told_who_holds_the_stage_and_the_stage_is_free_again_after(tmp_path: Path) -> None:
    taken = pytest.raises(AlreadyRunningError, match=r"process \d+\); stop that one first")
    with DaemonLock(tmp_path), taken, DaemonLock(tmp_path):
        pass
    with DaemonLock(tmp_path):
        pass
    assert not (tmp_path / "daemon.pid").exists()
