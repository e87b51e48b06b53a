import os
import sys
from pathlib import Path

import pytest

from bridge.health.queued import queued


def test_the_threads_of_a_process_are_added_up(tmp_path: Path) -> None:
    for thread, waited in (("7", 1_500_000_000), ("8", 500_000_000)):
        folder = tmp_path / "7" / "task" / thread
        folder.mkdir(parents=True)
        (folder / "schedstat").write_text(f"123456 {waited} 42\n")
    (tmp_path / "7" / "task" / "9").mkdir()  # a thread that has just ended
    assert queued(7, tmp_path) == 2.0


def test_where_nobody_counts_there_is_no_number(tmp_path: Path) -> None:
    assert queued(7, tmp_path) is None
    folder = tmp_path / "7" / "task" / "7"
    folder.mkdir(parents=True)
    assert queued(7, tmp_path) is None
    (folder / "schedstat").write_text("nothing of the kind\n")
    assert queued(7, tmp_path) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux counts it")
def test_this_process_has_waited_at_some_time_and_never_less_than_before() -> None:
    before = queued(os.getpid())
    after = queued(os.getpid())
    assert before is None or (after is not None and after >= before >= 0.0)
