"""A JACK client from outside, in a process of its own: it stamps what arrives with the frame of its own callback."""

import contextlib
import time
from multiprocessing.connection import Connection
from typing import Any

from bridge.midi.messages import NoteOff, NoteOn, decode, encode
from bridge.wire.priority import raise_priority

KEY = 60
"""The key that is pressed when the band plays."""
HELD = 0.030
"""Seconds for which it is held."""
UNANSWERED = 0.5
"""Seconds after which an answer counts as not given."""
CABLE = 5.0
"""Seconds that a port may take to appear."""


class Ear:
    """Hears on `ear` and plays from `hand`, ports of a JACK client. All that it notes is in frames of the server."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.heard: list[tuple[int, bytes]] = []
        self.played: list[tuple[int, bytes]] = []
        self.answers: list[int] = []
        """Frames from a key pressed to the end of the note that it cut short."""
        self.missed = 0
        """Keys that cut nothing short."""
        self.answering = False
        self.xruns = 0
        self._ear = self.client.midi_inports.register("ear")
        self._hand = self.client.midi_outports.register("hand")
        self._planned: list[tuple[int, bytes]] = []
        self._pressed: tuple[int, int] | None = None
        """Frame of the key that is being waited for, and the pitch that it is to end."""
        self.client.set_xrun_callback(self._count)
        self.client.set_process_callback(self._process)
        self.client.activate()

    def connect(self, source: str, sink: str) -> None:
        """Lay a cable, once both ends are there. Raises jack.JackError where one does not appear."""
        import jack

        until = time.perf_counter() + CABLE
        while True:
            try:
                self.client.connect(source, sink)
                return
            except jack.JackError:
                if time.perf_counter() > until:
                    raise
                time.sleep(0.02)

    def play(self, notes: list[tuple[float, bytes]]) -> None:
        """Send messages so many seconds from now."""
        now, rate = self.client.frame_time, self.client.samplerate
        self._planned = sorted([*self._planned, *((now + round(wait * rate), data) for wait, data in notes)])

    def take(self) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]], int]:
        """What was heard and played since the last time, and the cycles missed so far."""
        heard, self.heard = self.heard, []
        played, self.played = self.played, []
        return heard, played, self.xruns

    def close(self) -> None:
        """Leave the server."""
        self.client.deactivate()
        self.client.close()

    def _count(self, _: float) -> None:
        self.xruns += 1

    def _process(self, frames: int) -> None:
        start = self.client.last_frame_time
        self._hand.clear_buffer()
        for offset, event in self._ear.incoming_midi_events():
            data = bytes(event)
            self.heard.append((start + offset, data))
            if self.answering:
                self._follow(start + offset, data, start)
        pressed = self._pressed
        if pressed is not None and start - pressed[0] > UNANSWERED * self.client.samplerate:
            self.missed += 1
            self._let_go(start)
        while self._planned and self._planned[0][0] < start + frames:
            frame, data = self._planned.pop(0)
            self._hand.write_midi_event(max(frame - start, 0), data)
            self.played.append((max(frame, start), data))

    def _follow(self, frame: int, data: bytes, start: int) -> None:
        """Press a key as soon as a note of the band sounds, and see when that note ends."""
        match decode(data):
            case NoteOn(_, pitch, _) if self._pressed is None and not self._planned:
                self._pressed = (frame, pitch)
                self._planned.append((frame, encode(NoteOn(0, KEY, 80))))
            case NoteOff(_, pitch) if self._pressed is not None and pitch == self._pressed[1]:
                self.answers.append(frame - self._pressed[0])
                self._let_go(start)
            case _:
                pass

    def _let_go(self, start: int) -> None:
        self._pressed = None
        self._planned.append((start + round(HELD * self.client.samplerate), encode(NoteOff(0, KEY))))


def listen(pipe: "Connection[Any, Any]", name: str) -> None:
    """Serve the bench until the line is closed: `connect`, `play`, `take`, `answering`, `answers`."""
    import jack

    ear = Ear(jack.Client(name, no_start_server=True))
    raise_priority()  # as the wire does: it must not be the ear that is late
    try:
        pipe.send("ready")
        while True:
            word, *rest = pipe.recv()
            answer: object = True
            if word == "connect":
                ear.connect(*rest)
            elif word == "play":
                ear.play(*rest)
            elif word == "take":
                answer = ear.take()
            elif word == "answering":
                (ear.answering,) = rest
            elif word == "answers":
                answer = (ear.answers, ear.missed)
            pipe.send(answer)
    finally:
        with contextlib.suppress(Exception):
            ear.close()


def empty(pipe: "Connection[Any, Any]", name: str) -> None:
    """A JACK client that does nothing in its callback, until the line is closed: what Python itself costs."""
    import jack

    client = jack.Client(name, no_start_server=True)
    client.set_process_callback(_nothing)
    client.activate()
    try:
        pipe.send("ready")
        pipe.recv()
    finally:
        client.deactivate()
        client.close()


def _nothing(_: int) -> None:
    """The whole of the empty client's work."""
