"""Session logs of the real daemon: whatever happens to it, what was played can be played again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.record.session_reading import Session
from tests.live.daemon import ROOT, Daemon
from tests.live.osc import free_port

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

BAND = "[engine]\npack = 'cvae'\nvoices = { lead = 'lstm-melody' }\n"
"""A soloist who plays note by note, and a band that makes whole bars, several of which begin notes at once."""


def home_with_osc(folder: Path, more: str = "") -> tuple[Path, int]:
    """A home for a daemon whose OSC surface is on a port of its own."""
    port = free_port()
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "config.toml").write_text(f"[osc]\nport = {port}\n{more}")
    return folder, port


def tell(port: int, address: str, *values: float | str) -> None:
    builder = OscMessageBuilder(f"/antiphon/{address}")
    for value in values:
        builder.add_arg(value)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(builder.build().dgram, ("127.0.0.1", port))


def replay(log: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bridge", "replay", str(log), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def same(done: subprocess.CompletedProcess[str]) -> int:
    """How many notes were the same, which must be all."""
    assert done.returncode == 0, done.stdout + done.stderr
    words = done.stdout.splitlines()[0].split()
    assert words[0] == words[2], done.stdout
    return int(words[0])


def test_a_jam_with_turned_knobs_a_killed_engine_and_another_tempo_gives_the_same_notes_again(tmp_path: Path) -> None:
    home, port = home_with_osc(tmp_path / "home", BAND)
    out = tmp_path / "out"
    jam = Daemon(home, ["jam", "--seconds", "20", "--out", str(out), "--system", "loopback", "--seed", "7"])
    jam.wait_for("bar", 30.0)
    time.sleep(6.0)
    tell(port, "temperature", 0.6)
    tell(port, "mode", "accompany")
    time.sleep(4.0)
    jam.kill("engine")
    time.sleep(3.0)
    tell(port, "tempo", 150.0)
    tell(port, "density", 2.0)
    assert jam.process.wait(60) == 0, jam.said
    done = replay(out, tmp_path / "again")
    size = sum(file.stat().st_size for file in out.glob("session*.jsonl*"))
    print(done.stdout, f"log: {size / 1024:.0f} kB in 20 s", sep="\n")
    assert same(done) > 20
    assert (tmp_path / "again" / "jam.mid").read_bytes() == (out / "jam.mid").read_bytes()


def test_a_run_that_is_killed_leaves_a_log_that_can_be_played_again(tmp_path: Path) -> None:
    home, port = home_with_osc(tmp_path / "home")
    daemon = Daemon(home, ["run", "--system", "loopback", "--log", str(tmp_path / "logs")])
    daemon.wait_for("ports:", 30.0)
    tell(port, "mode", "free")
    tell(port, "play")
    time.sleep(5.0)
    os.kill(daemon.process.pid, signal.SIGKILL)
    daemon.process.wait()
    (log,) = (tmp_path / "logs").glob("*/session.jsonl")
    session = Session(log)
    entries = list(session.entries)
    assert session.ending == ""
    assert entries[-1].time - entries[0].time > 3.5
    done = replay(log, tmp_path / "again")
    assert done.returncode == 0, done.stdout
    assert "the run was killed" in done.stdout


def test_a_run_leaves_its_notes_and_controls_beside_its_log(tmp_path: Path) -> None:
    home, port = home_with_osc(tmp_path / "home")
    daemon = Daemon(home, ["run", "--system", "loopback", "--log", str(tmp_path / "logs")])
    daemon.wait_for("ports:", 30.0)
    tell(port, "play")
    time.sleep(2.0)
    assert daemon.end() == 0
    (folder,) = (tmp_path / "logs").iterdir()
    assert {file.name for file in folder.iterdir()} == {"session.jsonl", "session.mid", "controls.json"}
    assert replay(folder, tmp_path / "again").returncode == 0
