"""Ableton Link between processes: the daemon and two others, on a network of their own where the system allows one."""

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import pytest

from bridge.midi.messages import NoteOn, decode
from tests.live.conftest import JackServer
from tests.live.daemon import Daemon
from tests.live.link_follower import LinkFollower
from tests.live.link_peer import LinkPeer
from tests.live.peer import Peer

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(importlib.util.find_spec("link") is None, reason="the link extra is not installed"),
    pytest.mark.skipif(not hasattr(time, "CLOCK_MONOTONIC_RAW"), reason="Link's clock is not to be read here"),
]
on_jack = pytest.mark.parametrize("jack_server", [256], indirect=True)
CONFIG = """
[clock]
link = true
[osc]
port = {port}
[knobs]
click = "always"
count_in = 0
link_start_stop = true
"""
AROUND = 12000
"""Frames around a click in which the two clocks are compared."""
ALLOWED = 1.0
"""Milliseconds that our beat may lie off the session's."""
PERIOD = 256 / 48.0
"""Milliseconds that a click may, where the JACK server missed cycles: its clock, and ours with it, then stood."""


@pytest.fixture
def network() -> Iterator[list[str]]:
    """The command that runs another one on a network of its own; empty where that is not to be had."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        yield []
        return
    holder = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout is not None
    up = holder.stdout.readline().strip() == "up"
    try:
        yield ["nsenter", "-t", str(holder.pid), "-n"] if up else []
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


@pytest.fixture
def others(network: list[str]) -> Iterator[list[LinkPeer]]:
    first = LinkPeer(100.0, network)
    second = LinkPeer(100.0, network)
    peers = [first, second]
    wait_for(lambda: first.look()["peers"] == 1)
    yield peers
    for peer in peers:
        peer.end()


@pytest.fixture
def listener(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    client = Peer(["click"])
    yield client
    client.close()


class Club:
    """The daemon in its network, and the others' surface to it."""

    def __init__(self, daemon: Daemon, port: int, others: list[LinkPeer], listener: Peer) -> None:
        self.daemon, self.others, self.listener = daemon, others, listener
        self._port = port

    def ask(self, name: str) -> object:
        return self.others[0].osc(self._port, f"/antiphon/status/{name}")

    def do(self, name: str, value: float = 1.0) -> None:
        self.others[0].osc(self._port, f"/antiphon/{name}", value)

    def check_clicks(self) -> None:
        """The clicks of the next seconds are the session's beats."""
        missed = self.listener.xruns
        time.sleep(0.5)
        errors = self.clicks_ms(3.0)
        assert len(errors) >= 3
        assert max(map(abs, errors)) < (ALLOWED if self.listener.xruns == missed else PERIOD)

    def clicks_ms(self, seconds: float) -> list[float]:
        """How far the clicks of the next seconds lie off the session's beats, in ms."""
        start = self.listener.now
        pairs: list[tuple[float, float]] = []
        until = start + round(seconds * self.listener.rate)
        # The server's frames and Link's clock drift apart: they are read side by side all the while.
        while self.listener.now < until:
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
            frame = self.listener.now
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
            if after - before < 200_000:
                pairs.append((float(frame), (before + after) / 2000.0))
            time.sleep(0.01)
        errors = []
        for heard, _, data in self.listener.out:
            if start < heard < until - AROUND and isinstance(decode(data), NoteOn):
                near = [(at - heard, micros) for at, micros in pairs if abs(at - heard) < AROUND]
                middle, micros, slope = mean(at for at, _ in near), mean(m for _, m in near), _slope(near)
                seen = self.others[0].look(round(micros - middle * slope))
                errors.append((seen["beat"] - round(seen["beat"])) * 60_000.0 / seen["bpm"])
        return errors


@pytest.fixture
def club(
    jack_server: JackServer, network: list[str], others: list[LinkPeer], listener: Peer, tmp_path: Path
) -> Iterator[Club]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(CONFIG.format(port=port))
    daemon = Daemon(home, ["run"], jack_server.env, network)
    daemon.wait_for("ports:")
    # One cable only: in a loop of cables JACK would let one of them lag by a period.
    try:
        listener.client.connect("Antiphon:click", listener.ins["click"])
        club = Club(daemon, port, others, listener)
        wait_for(lambda: club.ask("link_peers") == 2)
        yield club
    finally:
        if daemon.process.poll() is None:
            daemon.end()


def wait_for(what: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def _slope(points: list[tuple[float, float]]) -> float:
    middle, centre = mean(x for x, _ in points), mean(y for _, y in points)
    return sum((x - middle) * (y - centre) for x, y in points) / sum((x - middle) ** 2 for x, _ in points)


def line(peer: LinkPeer) -> Callable[[int], float]:
    """The beat that a peer would have at a time if nobody touched it from now on."""
    seen = peer.look()
    return lambda micros: float(seen["beat"] + (micros - seen["micros"]) * seen["bpm"] / 60e6)


def test_two_in_a_session_agree_within_a_millisecond_whatever_the_tempo(
    network: list[str], others: list[LinkPeer]
) -> None:
    first, second = others
    follower = LinkFollower(network)
    try:
        wait_for(lambda: first.look()["peers"] == 2)
        first.play(True)
        wait_for(lambda: follower.look()[2])
        for bpm in (100.0, 133.0, 71.5):
            second.tempo(bpm)
            time.sleep(0.7)
            for _ in range(20):
                micros, beat, _ = follower.look()
                seen = first.look(round(micros))
                off = (beat - seen["beat"] + 2.0) % 4.0 - 2.0
                assert seen["bpm"] == pytest.approx(bpm, abs=0.01)
                assert abs(off) * 60_000.0 / bpm < ALLOWED
                time.sleep(0.05)
        first.play(False)
        wait_for(lambda: not follower.look()[2])
    finally:
        follower.end()


@on_jack
def test_the_band_plays_on_the_sessions_beat_through_starts_tempos_and_stops(club: Club) -> None:
    first, second = club.others
    assert first.look()["bpm"] == pytest.approx(100.0, abs=0.01)
    assert club.ask("tempo") == pytest.approx(100.0, abs=0.05)
    first.play(True)
    wait_for(lambda: club.ask("playing") == 1)
    assert club.ask("clock") == "link"
    time.sleep(2.5)
    club.check_clicks()
    second.tempo(133.0)
    time.sleep(1.5)
    assert club.ask("tempo") == pytest.approx(133.0, abs=0.05)
    club.check_clicks()
    first.play(False)
    wait_for(lambda: club.ask("playing") == 0)
    time.sleep(0.5)
    assert club.clicks_ms(1.0) == []


@on_jack
def test_our_start_comes_in_on_the_bar_takes_the_others_along_and_moves_nobodys_beat(club: Club) -> None:
    first, second = club.others
    expected = line(second)
    club.do("play")
    wait_for(lambda: first.look()["playing"])
    since = first.look(first.look()["since"])
    assert since["beat"] % 4.0 == pytest.approx(0.0, abs=0.01) or since["beat"] % 4.0 == pytest.approx(4.0, abs=0.01)
    club.do("tempo", 150.0)
    time.sleep(3.0)
    club.check_clicks()
    seen = second.look()
    assert seen["bpm"] == pytest.approx(100.0, abs=0.01)
    assert seen["beat"] == pytest.approx(expected(seen["micros"]), abs=0.001)
    club.do("stop")
    wait_for(lambda: not first.look()["playing"])


@on_jack
def test_when_the_daemon_leaves_the_others_go_on(club: Club) -> None:
    first, second = club.others
    first.play(True)
    wait_for(lambda: club.ask("playing") == 1)
    expected = line(second)
    club.daemon.end()
    wait_for(lambda: second.look()["peers"] == 1, 15.0)
    seen = second.look()
    assert seen["playing"]
    assert seen["bpm"] == pytest.approx(100.0, abs=0.01)
    assert seen["beat"] == pytest.approx(expected(seen["micros"]), abs=0.001)


@on_jack
def test_without_the_extra_it_is_said_once_and_the_band_plays(jack_server: JackServer, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "link.py").write_text("raise ImportError\n")
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[clock]\nlink = true\nautostart = true\n[osc]\nenabled = false\n")
    daemon = Daemon(home, ["run"], {**jack_server.env, "PYTHONPATH": str(tmp_path / "hidden")})
    daemon.wait_for("Ableton Link is not installed")
    time.sleep(1.0)
    assert daemon.said.count("Ableton Link") == 1
    assert '-m pip install "LinkPython-extern>=1.3,<2"' in daemon.said
    assert daemon.end() == 0
