"""Another music program on the JACK server: a client of its own in a process of its own.

It hears on `ear` and plays from `hand`, both to the frame, and shares no code with our client.
"""

import json
import subprocess
import sys
from typing import Any, Self


class Outside:
    """The other program, as the test sees it; `name` is its JACK client's."""

    def __init__(self, server: str, name: str = "outside") -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, server, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask("ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def play(self, *messages: bytes, frame: int = 0) -> list[int]:
        """Play messages one after another from a frame (0: as soon as can be), one a cycle; the frames planned."""
        planned: list[int] = self._ask("play", frame, [message.hex() for message in messages])
        return planned

    def join(self, port: str, message: bytes) -> None:
        """Lay a cable from `hand` to a port and play through it in the very next cycle."""
        self._ask("join", port, message.hex())

    def part(self, port: str) -> None:
        """Pull that cable."""
        self._ask("part", port)

    def heard(self) -> list[tuple[int, bytes]]:
        """All that it has heard so far, as (frame, message)."""
        return [(frame, bytes.fromhex(data)) for frame, data in self._ask("heard")]

    def messages(self) -> list[bytes]:
        """All messages that it has heard so far."""
        return [data for _, data in self.heard()]

    def close(self) -> None:
        """End it in good order."""
        if self._process.poll() is None:
            self._ask("quit")
            self._process.wait(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _ask(self, *words: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def main(server: str, name: str) -> None:
    """Answer each line of standard input with one line."""
    import jack

    sys.setswitchinterval(0.0005)
    client = jack.Client(name, no_start_server=True, servername=server)
    ear, hand = client.midi_inports.register("ear"), client.midi_outports.register("hand")
    heard: list[tuple[int, str]] = []
    waiting: list[tuple[int, bytes]] = []

    def process(frames: int) -> None:
        start = client.last_frame_time
        for offset, event in ear.incoming_midi_events():
            heard.append((start + offset, bytes(event).hex()))
        hand.clear_buffer()
        while waiting and waiting[0][0] < start + frames:
            frame, data = waiting.pop(0)
            hand.write_midi_event(max(frame - start, 0), data)

    client.set_process_callback(process)
    client.activate()
    for line in sys.stdin:
        word, *rest = json.loads(line)
        answer: object = True
        if word == "play":
            first = rest[0] or client.frame_time + 4 * client.blocksize
            planned = [(first + number * client.blocksize, bytes.fromhex(data)) for number, data in enumerate(rest[1])]
            waiting.extend(planned)
            answer = [frame for frame, _ in planned]
        elif word == "join":
            client.connect(hand.name, rest[0])
            waiting.append((0, bytes.fromhex(rest[1])))
        elif word == "part":
            client.disconnect(hand.name, rest[0])
        elif word == "heard":
            answer = list(heard)
        if word == "quit":
            client.deactivate()
            client.close()
        print(json.dumps(answer), flush=True)
        if word == "quit":
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
