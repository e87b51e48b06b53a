"""Ten thousand OSC messages a second, most of them of no good will: the band plays on as if nothing were."""

import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.record.session import WireSaid
from bridge.record.session_reading import Session
from bridge.wire.protocol import Sent
from tests.live.daemon import Daemon
from tests.live.test_session import home_with_osc, replay, tell

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

RATE = 10_000
SECONDS = 10.0
CALM = 8.0
"""Seconds of music before the flood, to compare with."""


class Asker:
    """Asks for the tempo again and again, and notes how long the answer takes, in seconds."""

    def __init__(self, port: int) -> None:
        self._question = OscMessageBuilder("/antiphon/status/tempo").build().dgram
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", port))
        self._socket.settimeout(1.0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.took: list[float] = []
        self.unanswered = 0

    def __enter__(self) -> "Asker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._over.wait(0.03):
            asked = time.perf_counter()
            try:
                self._socket.send(self._question)
                self._socket.recv(65536)
                self.took.append(time.perf_counter() - asked)
            except TimeoutError:
                self.unanswered += 1


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def lateness(log: Path, since: float, until: float) -> list[float]:
    """Milliseconds by which notes of a session log left late, within some seconds of its clock."""
    return sorted(
        entry.message.late * 1000
        for entry in Session(log).entries
        if isinstance(entry, WireSaid) and isinstance(entry.message, Sent) and since <= entry.time < until
    )


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_a_flood_delays_no_note_costs_no_memory_and_is_complained_of_in_a_few_lines(tmp_path: Path) -> None:
    home, port = home_with_osc(tmp_path / "home")
    daemon = Daemon(home, ["run", "--system", "loopback", "--log", str(tmp_path / "logs")])
    daemon.wait_for("ports:", 30.0)
    time.sleep(2.0)
    tell(port, "mode", "free")
    tell(port, "click", "always")
    tell(port, "play")
    time.sleep(2.0)
    began = time.perf_counter()
    time.sleep(CALM)
    flooded = time.perf_counter()
    flood = Path(__file__).with_name("flood.py")
    command = [sys.executable, str(flood), str(port), str(SECONDS), str(RATE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sender:
        time.sleep(2.0)
        before = memory(daemon.process.pid)
        with Asker(port) as asker:
            sender.wait()
            after = memory(daemon.process.pid)
        assert sender.stdout is not None
        sent = int(sender.stdout.read())
    ended = time.perf_counter()
    time.sleep(11.0)  # by then all that could not be used is summed up
    assert daemon.end() == 0
    (log,) = (tmp_path / "logs").glob("*/session.jsonl")
    calm, wet = lateness(log, began, flooded), lateness(log, flooded, ended)
    lines = [line for line in daemon.said.splitlines() if "OSC from" in line or "OSC:" in line]
    took = sorted(ms * 1000 for ms in asker.took)
    print(
        f"\n{sent / SECONDS:,.0f} messages a second; notes late by (ms) p99 {p99(calm):.2f}, max {calm[-1]:.2f} calm,",
        f"p99 {p99(wet):.2f}, max {wet[-1]:.2f} in the flood ({len(wet)} notes)",
        f"answers after (ms) p50 {statistics.median(took):.1f}, p99 {p99(took):.1f}, max {took[-1]:.1f}, "
        f"{asker.unanswered} of {len(took) + asker.unanswered} lost; memory {before:.1f} -> {after:.1f} MB",
        *lines,
        sep="\n",
    )
    assert sent > 0.8 * RATE * SECONDS
    assert len(calm) > 10
    assert len(wet) > 10
    assert p99(wet) <= max(3 * p99(calm), 5.0)
    assert wet[-1] <= max(5 * calm[-1], 15.0)
    assert p99(took) <= 100.0
    assert asker.unanswered <= len(took) // 50
    assert after - before < 8.0
    assert any("more could not be used" in line for line in lines)
    assert len(lines) <= 12
    assert replay(log, tmp_path / "again").returncode == 0
