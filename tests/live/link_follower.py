"""Our timekeeper alone in a Link session, looked at as often as the wire does: `python -m tests.live.link_follower`
answers each line of its standard input with the time, in microseconds of Link's clock, and its song beat then."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bridge.clock.keeper import ATTENTION, Timekeeper

ROOT = Path(__file__).parents[2]


class LinkFollower:
    """The process, seen from a test; `within` is the command that runs it."""

    def __init__(self, within: Sequence[str] = ()) -> None:
        command = [*within, sys.executable, "-m", "tests.live.link_follower"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.look()

    def look(self) -> tuple[float, float, bool]:
        """Time in microseconds, song beat, and whether it plays."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("look\n")
        self._process.stdin.flush()
        micros, beat, playing = json.loads(self._process.stdout.readline())
        return micros, beat, playing

    def end(self) -> None:
        """Leave the session."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def main() -> None:
    """Serve until the standard input ends."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    keeper = Timekeeper(now=time.perf_counter)
    keeper.session(True, True, False, time.perf_counter())
    while True:
        keeper.poll(time.perf_counter())
        try:
            line = lines.get(timeout=ATTENTION)
        except queue.Empty:
            continue
        if not line:
            break
        # Whatever holds us up between the two readings is no fault of the clock's: the closest pair counts.
        pairs = []
        for _ in range(20):
            before, raw, after = (
                time.perf_counter(),
                time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW),
                time.perf_counter(),
            )
            pairs.append((after - before, (before + after) / 2.0, raw / 1000.0))
        _, here, micros = min(pairs)
        map = keeper.poll(here)
        print(json.dumps((micros, map.beat_at(here) + map.song, map.playing)), flush=True)
    keeper.close()


def _read(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    lines.put("")


if __name__ == "__main__":
    main()
