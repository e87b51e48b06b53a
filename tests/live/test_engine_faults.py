"""Engines that die, hang and misbehave, in the real daemon with its real processes: the band plays throughout."""

import asyncio
import os
import random
import re
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from bridge import children
from bridge.app import Desk
from bridge.control.parameter import Value
from bridge.engine.catalogue import find
from bridge.music.note import Note
from bridge.music.tunes import TUNES
from bridge.music.turn import Who
from bridge.record.take import Origin, Take
from bridge.settings import HOME, Engine, Midi, Osc, Settings
from tests.bridge.wire.cable import onsets, open_notes
from tests.live import saboteur
from tests.live.conftest import JackServer
from tests.live.daemon import Daemon
from tests.live.peer import Peer
from tests.live.stalls import Stalls
from tests.live.test_jam import call, frame_of

pytestmark = pytest.mark.live

TURN = 12.0
"""Beats from the end of a call to the next."""


def child(parent: int, role: str) -> int:
    """Process id of a child of the daemon, 0 where there is none; cheaper than asking `ps`."""
    try:
        for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            if f"\0{role}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
    except OSError:
        pass
    return 0


def on_the_line(pid: int) -> bool:
    """Whether a child has dialled in."""
    try:
        return any(os.readlink(file).startswith("socket:") for file in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def size(pid: int) -> tuple[int, int, int]:
    """Resident kilobytes, threads and open files of a process."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return int(lines["VmRSS"].split()[0]), int(lines["Threads"]), files


def slay(parent: int, times: int, chance: random.Random, before: int = 0) -> int:
    """End one engine after another, as soon as it is there, some after they were frozen; returns the last one."""
    slain = 0
    while slain < times:
        pid = child(parent, "engine")
        if pid in (0, before) or not on_the_line(pid):
            time.sleep(0.005)
            continue
        time.sleep(chance.uniform(0.05, 0.4))
        try:
            if chance.random() < 0.3:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(chance.uniform(0.05, 0.2))
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        before, slain = pid, slain + 1
    return before


def told_deaths(said: str) -> int:
    """Deaths of the engine that were told, one by one or together."""
    lines = [line for line in said.splitlines() if "the engine ended" in line]
    return sum(int(found[1]) if (found := re.search(r"(\d+) more times", line)) else 1 for line in lines)


@pytest.fixture
def peer(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    client = Peer(["lead"])
    yield client
    client.close()


@pytest.fixture
def daemon(jack_server: JackServer, tmp_path: Path) -> Iterator[Daemon]:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[osc]\nport = 0\n")
    running = Daemon(home, ["run"], jack_server.env)
    running.wait_for("ports:")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", [12, pytest.param(100, marks=pytest.mark.soak)])
def test_engine_after_engine_dies_in_one_run_and_the_band_plays_on(daemon: Daemon, peer: Peer, kills: int) -> None:
    peer.connect()
    time.sleep(1.5)
    beats = peer.roll(peer.now + peer.rate // 5, [(120, 400)])
    calls = [start * (4.0 + TURN) for start in range(24)]
    for start in calls:
        call(peer, beats, start)
    peer.wait(frame_of(beats, 12.0))
    chance = random.Random(1)
    with Stalls(lambda: (peer.now - beats[0]) / peer.rate * 2.0) as stalls:
        last_slain = slay(daemon.process.pid, kills // 3, chance)
        before = size(daemon.process.pid)
        slay(daemon.process.pid, kills - kills // 3, chance, last_slain)
        after = size(daemon.process.pid)
        last = (peer.now - beats[0]) / peer.rate * 2.0
    time.sleep(1.0)
    assert daemon.end(seconds=30.0) == 0
    out = peer.out
    assert not open_notes(out)
    assert last < calls[-1], "this machine is too slow for the test"
    sounded = [(frame - beats[0]) / peer.rate * 2.0 for frame, _ in onsets(out)]
    for start in calls:
        end = min(start + 4.0 + TURN, last)
        if start + 4.0 < end and not stalls.hit(start, end):
            turn = [beat for beat in sounded if start + 4.0 <= beat < end]
            edges = [start + 4.0, *turn, end]
            gaps = [after - before for before, after in pairwise(edges)]
            assert max(gaps) <= 4.0 + 1.0, f"nothing for {max(gaps):.1f} beats after the call at {start}"
    assert told_deaths(daemon.said) == kills, daemon.said
    assert after[0] - before[0] < 4_000, f"it grew by {after[0] - before[0]} kB"
    assert abs(after[1] - before[1]) <= 4
    assert abs(after[2] - before[2]) <= 4


class Jam:
    """A desk in this process with the guest for a player, on the built-in loopback."""

    def __init__(self, engine: Engine, tempo: float = 150.0) -> None:
        self.told: list[str] = []
        knobs: dict[str, Value] = {"tempo": tempo, "meter": "4/4", "mode": "trade", "trade_bars": 2}
        settings = Settings(Midi("loopback"), engine=engine, osc=Osc(enabled=False), knobs=knobs)
        self.desk = Desk(settings, self.told.append, TUNES[0])
        self.stalls = Stalls(lambda: self.desk.band.beat)

    def play(self, script: Callable[["Jam"], Awaitable[object]]) -> Take:
        """Jam while a script runs; the take."""

        async def jam() -> None:
            async with self.desk:
                await asyncio.wait_for(self.desk.engine_ready.wait(), 15)
                self.desk.start()
                await script(self)
                self.desk.stop()
                self.desk.band.take.close(self.desk.band.beat)
                await asyncio.sleep(0.2)

        with self.stalls:
            asyncio.run(jam())
        return self.desk.band.take

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Play on until something holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "\n".join(self.told)
            await asyncio.sleep(0.02)


def longest_gap(take: Take, notes: Sequence[Note], stalls: Stalls) -> float:
    """Beats of the longest stretch without an onset within the turns of the band."""
    gaps = [0.0]
    for turn, following in pairwise(take.turns):
        if turn.who is Who.BAND and not stalls.hit(turn.beat - 2.0, following.beat):
            inside = [note.beat for note in notes if turn.beat <= note.beat < following.beat]
            edges = [turn.beat, *sorted(inside), following.beat]
            gaps += [after - before for before, after in pairwise(edges)]
    return max(gaps)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path))
    return tmp_path


def test_crash_hang_lack_of_memory_and_wrong_notes_are_told_once_each_and_played_through(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(role: str, address: str) -> list[str]:
        module = "tests.live.saboteur" if role == "engine" else "bridge"
        return [sys.executable, "-m", module, role, address]

    monkeypatch.setattr(children, "command", command)
    folder = saboteur.pack(home / "packs" / "saboteur")
    jam = Jam(Engine(pack="saboteur"))
    sabotages = len(saboteur.LIVES) + len(saboteur.ANSWERS)

    async def script(jam: Jam) -> None:
        await jam.until(lambda: saboteur.life_of(folder / "lives") == sabotages, 75)
        made = len(jam.desk.band.take.band_notes)
        await jam.until(lambda: Origin.MODEL in {n.origin for n in jam.desk.band.take.band_notes[made:]}, 15)

    take = jam.play(script)
    for words in (
        "SIGSEGV",
        "code 3",
        "did not answer",
        "out of memory",
        "not finite",
        "outside what it was asked for",
        "does not end its answers",
    ):
        assert len([line for line in jam.told if words in line]) == 1, f"{words}: {jam.told}"
    assert longest_gap(take, [sent.note for sent in take.band_notes], jam.stalls) <= 4.0
    assert jam.desk.band.stuck == 0


def test_another_pack_takes_over_in_mid_jam_without_a_gap(home: Path) -> None:
    shipped = find("lstm-melody")
    other = home / "packs" / "other"
    other.mkdir(parents=True)
    for file in shipped.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    card = (other / "pack.toml").read_text()
    (other / "pack.toml").write_text(card.replace('name = "lstm-melody"', 'name = "other"'))
    jam = Jam(Engine(pack="lstm-melody"), tempo=200.0)

    async def script(jam: Jam) -> None:
        band = jam.desk.band
        await jam.until(lambda: len(band.take.band_notes) > 8, 30)
        for pack in ("other", "nothing", "lstm-melody", "other"):
            if pack == "nothing":
                (home / "packs" / pack).mkdir()
                (home / "packs" / pack / "pack.toml").write_text(card.replace("schema = 1", "schema = 9"))
            jam.desk.swap(pack)
            await asyncio.sleep(2.0)
            made = len(band.take.band_notes)
            await jam.until(lambda: Origin.MODEL in {n.origin for n in band.take.band_notes[made:]}, 20)  # noqa: B023
            assert band.loaded is not None
            assert band.loaded.pack == ("other" if pack == "nothing" else pack)

    take = jam.play(script)
    assert longest_gap(take, [sent.note for sent in take.band_notes], jam.stalls) <= 4.0
    assert len([line for line in jam.told if "schema 9" in line]) == 1
    assert jam.desk.band.metrics.restarts == 0
    assert jam.desk.band.stuck == 0
