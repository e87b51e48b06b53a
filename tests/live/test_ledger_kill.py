"""SIGKILL in the middle of a chord, and the next process that finds it."""

import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bridge.children import KEY, SETUP, command
from bridge.link import Exchange, Link
from bridge.midi.ledger import Ledger
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Bye, Closed, FromWire, Put, Ready, Sent, Start, Tempo, ToWire
from bridge.wire.setup import Setup
from tests.live.conftest import JackServer

pytestmark = pytest.mark.live


class WireChild:
    """A wire as a process of its own, with the test as its desk."""

    def __init__(self, server: JackServer, ledger: Path) -> None:
        self._said: queue.SimpleQueue[FromWire | None] = queue.SimpleQueue()
        self._lines: queue.SimpleQueue[Link[FromWire]] = queue.SimpleQueue()
        self._exchange = Exchange()
        self._exchange.accept(self._dialled)
        setup = msgspec.json.encode(Setup("jack", ledger=str(ledger))).decode()
        self.process = subprocess.Popen(
            command("wire", self._exchange.address),
            env={**server.env, KEY: self._exchange.key.hex(), SETUP: setup},
        )
        self._line = self._lines.get(timeout=10)

    def _dialled(self, connection: "Connection[Any, Any]") -> None:
        line: Link[FromWire] = Link(connection, FromWire, self._said.put)
        self._lines.put(line.start())

    def tell(self, *messages: ToWire) -> None:
        for message in messages:
            self._line.send(message)

    def hear(self, enough: Callable[[FromWire | None], bool]) -> list[FromWire]:
        """What it says, up to the message that is enough (None: it has hung up)."""
        heard: list[FromWire] = []
        while True:
            message = self._said.get(timeout=10)
            if message is not None:
                heard.append(message)
            if enough(message):
                return heard

    def play(self) -> None:
        """Have two long notes begun."""
        notes = tuple(Note(Voice.LEAD, 0.5, 64.0, pitch, 80) for pitch in (60, 64))
        self.tell(Tempo(120.0, Meter()), Start(), Put((1, 2), notes))
        for _ in notes:
            self.hear(lambda message: isinstance(message, Sent) and not message.dropped)

    def end(self) -> None:
        """Wait for its end."""
        self.process.wait(10)
        self._exchange.close()


def test_goodbye_in_mid_note_says_of_every_note_that_it_closed_and_leaves_no_mark(
    jack_server: JackServer, tmp_path: Path
) -> None:
    wire = WireChild(jack_server, tmp_path / "ledger")
    wire.play()
    assert len(_left(tmp_path / "ledger")) == 2
    wire.tell(Bye())
    said = wire.hear(lambda message: message is None)
    wire.end()
    assert {message.id for message in said if isinstance(message, Closed)} == {1, 2}
    assert _left(tmp_path / "ledger") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_second_kill_before_the_sweep_is_written_loses_no_note(jack_server: JackServer, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    first = WireChild(jack_server, ledger)
    first.play()
    os.kill(first.process.pid, signal.SIGKILL)
    first.end()
    second = WireChild(jack_server, ledger)
    second.hear(lambda message: isinstance(message, Ready))  # no word from us: it sweeps by itself, in a moment
    os.kill(second.process.pid, signal.SIGKILL)
    second.end()
    third = WireChild(jack_server, ledger)
    (*_, ready) = third.hear(lambda message: isinstance(message, Ready))
    assert isinstance(ready, Ready)
    assert ready.swept == 2
    third.tell(Bye())
    third.hear(lambda message: message is None)
    third.end()
    assert _left(ledger) == ()


def _left(path: Path) -> tuple[tuple[str, int, int], ...]:
    """The notes that a ledger has marked."""
    left, why = Ledger.recover(path)
    assert left is not None, why
    return left.notes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_chord_sounding_at_sigkill_is_known_to_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    script = f"""
import os, signal
from pathlib import Path
from bridge.midi.ledger import Ledger
ledger = Ledger(Path({str(path)!r}), ("lead", "chords"))
ledger.remember_connections({{"chords": ("synth:in",)}})
for pitch in (60, 64, 67):
    ledger.on("chords", 3, pitch)
ledger.off("chords", 3, 64)
ledger.pedal("chords", 3, True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    left, why = Ledger.recover(path)
    assert left is not None, why
    assert left.notes == (("chords", 3, 60), ("chords", 3, 67))
    assert left.pedals == (("chords", 3),)
    assert left.connections == {"chords": ("synth:in",)}
