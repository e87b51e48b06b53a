"""Somebody else in a Link session, and a control surface beside it: `python -m tests.live.link_peer BPM` reads commands
from its standard input and answers each with a line of JSON. Times are microseconds of Link's clock."""

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.osc.packet import Message, read, write

ROOT = Path(__file__).parents[2]
QUANTUM = 4.0


class LinkPeer:
    """The process, seen from a test; `within` is the command that runs it."""

    def __init__(self, bpm: float, within: Sequence[str] = ()) -> None:
        command = [*within, sys.executable, "-m", "tests.live.link_peer", str(bpm)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.look()

    def look(self, micros: int = 0) -> dict[str, Any]:
        """Beat, tempo, playing and peers, now or at a time."""
        return self._ask("look", micros)

    def tempo(self, bpm: float) -> None:
        """Set everybody's tempo."""
        self._ask("tempo", bpm)

    def play(self, playing: bool) -> None:
        """Start or stop, with everybody who shares that."""
        self._ask("play", playing)

    def osc(self, port: int, address: str, *arguments: float | str) -> Any:
        """Send an OSC message; without arguments, return the answer's first value, or None."""
        return self._ask("osc", port, address, *arguments)["value"]

    def end(self) -> None:
        """Leave the session."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _ask(self, *words: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def main() -> None:
    """Serve until the standard input ends."""
    import link

    session = link.Link(float(sys.argv[1]))
    session.startStopSyncEnabled = True
    session.enabled = True
    for line in sys.stdin:
        what, *words = json.loads(line)
        state, now = session.captureAppSessionState(), session.clock().micros()
        answer: dict[str, Any] = {}
        match what:
            case "look":
                at = words[0] or now
                answer = {
                    "micros": at,
                    "beat": state.beatAtTime(at, QUANTUM),
                    "bpm": state.tempo(),
                    "playing": state.isPlaying(),
                    "since": int(state.timeForIsPlaying()),
                    "peers": session.numPeers(),
                }
            case "tempo":
                state.setTempo(words[0], now)
                session.commitAppSessionState(state)
            case "play":
                state.setIsPlaying(words[0], now)
                session.commitAppSessionState(state)
            case "osc":
                answer = {"value": _osc(*words)}
        print(json.dumps(answer), flush=True)
    session.enabled = False


def _osc(port: int, address: str, *arguments: float | str) -> float | str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as surface:
        surface.settimeout(2.0)
        surface.sendto(write(Message(address, arguments)), ("127.0.0.1", port))
        if arguments:
            return None
        try:
            for message in read(surface.recv(65536)):
                return message.arguments[0] if message.arguments else None
        except TimeoutError:
            return None
    return None


if __name__ == "__main__":
    main()
