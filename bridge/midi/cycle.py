"""What waits to be written, and one process cycle's writing of it at exact frames."""

import itertools
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Final, Protocol

from bridge.midi.messages import SUSTAIN
from bridge.midi.ports import Deliver, PortNews, Written

_CLEARINGS: Final = 4
"""Cycles for which a port is cleared after the last writing: more than any server has buffers for it."""
_FRAMES_A_MESSAGE: Final = 2
"""A cycle writes at most one message for this many of its frames, 24 a millisecond at 48 kHz.

More would take longer to write than the cycle lasts; JACK then starts the next one and throws this one's away.
"""
_FIRST: Final = -1
"""A frame before every other."""
_IN_DOUBT: Final = 0.05
"""Seconds back from a missed cycle in which what was written may have been lost."""
_CALM: Final = 0.02
"""Seconds from a missed cycle to the repair: missed cycles come in swarms."""
_AGAIN: Final = -2
"""The token of a release sent once more; it is not repeated again."""


class Sink(Protocol):
    """An out port as the process callback sees it (JACK-Client's OwnMidiPort)."""

    def clear_buffer(self) -> None:
        """Empty this cycle's buffer."""
        ...

    def write_midi_event(self, time: int, event: bytes) -> None:
        """Write at a frame of this cycle, never before one already written. Raises where it does not fit."""
        ...


class _Out:
    """An out port, the cycles for which it is still to be cleared, and what was written to it in this one."""

    __slots__ = ("clearings", "name", "sink", "written")

    def __init__(self, name: str, sink: Sink) -> None:
        self.name = name
        self.sink = sink
        self.clearings = 0
        self.written = 0


class Cycle:
    """The messages that wait for their frames, and the cycle that writes them.

    `queue` may be called from any thread: a push and a pop are single steps of the interpreter.
    A cycle with nothing `waiting`, nothing `unclean` and no repair due (`restless`) need not `run` at all.
    `rate` is frames a second, `full` what a sink raises when its buffer has no room.
    """

    def __init__(self, rate: int, sinks: Mapping[str, Sink], deliver: Deliver, full: type[Exception]) -> None:
        self._rate = rate
        self._outs = {name: _Out(name, sink) for name, sink in sinks.items()}
        self._deliver = deliver
        self._full = full
        self.waiting: list[tuple[int, int, _Out, bytes, int]] = []
        self._order = itertools.count()
        self.unclean: list[_Out] = []
        self._releases: dict[tuple[_Out, int, int], tuple[int, bytes]] = {}
        self.restless = False
        """Whether a cycle was missed, and what it may have lost is still to be repaired."""
        self._repair: float | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting

    def queue(self, port: str, frame: int, data: bytes, token: int) -> None:
        """Have `data` written at `frame`; messages of one frame keep the order in which they were queued."""
        out = self._outs.get(port)
        if out is None:
            self._deliver(PortNews(port, "complaint", f"no out port is called {port}; a message to it was lost"))
            self._lose(token)
            return
        heappush(self.waiting, (frame, next(self._order), out, data, token))

    def missed(self) -> None:
        """The server has missed a cycle and may have lost what was written: releases are sent once more.

        A second note-off does no harm; a lost one is a stuck note. May be called from any thread.
        """
        self.restless = True

    def run(self, start: int, frames: int) -> None:
        """Write what is due before frame `start + frames`; what is past its frame goes first, at `start`."""
        if self.unclean:
            self._clear()
        if self.restless and self._repair is None:
            self._repair = start + _CALM * self._rate
        if self._repair is not None and start >= self._repair:
            self._repair, self.restless = None, False
            self._release_again(start)
        waiting = self.waiting
        end = start + frames
        budget = max(frames // _FRAMES_A_MESSAGE, 1)
        while waiting and waiting[0][0] < end and budget:
            budget -= 1
            item = heappop(waiting)
            frame, _, out, data, token = item
            if not out.clearings:
                out.sink.clear_buffer()
                out.written = 0
                self.unclean.append(out)
            out.clearings = _CLEARINGS
            try:
                out.sink.write_midi_event(max(frame - start, 0), data)
            except self._full:
                if out.written:
                    # Back to where it was: at the front, to be the first thing of the next cycle.
                    heappush(waiting, item)
                    break
                self._refuse(out, data)
                self._lose(token)
                continue
            out.written += 1
            if data[0] < 0xC0 and token != _AGAIN:
                self._remember(out, start, data)
            if token >= 0:
                self._deliver(Written(token, max(start - frame, 0) / self._rate))

    def give_up(self) -> None:
        """No cycle comes any more: say of all that waits that it is lost. May be called from any thread."""
        while self.waiting:
            *_, token = heappop(self.waiting)
            self._lose(token)

    def _lose(self, token: int) -> None:
        """Answer for a message that is not written."""
        if token >= 0:
            self._deliver(Written(token, 0.0, lost=True))

    def _remember(self, out: _Out, start: int, data: bytes) -> None:
        """Keep a note-off or pedal-up in mind until its note or pedal goes down again."""
        kind, key = data[0] & 0xF0, (out, data[0] & 0x0F, data[1])
        if kind == 0x80 or (kind == 0x90 and not data[2]):
            self._releases[key] = (start, data)
        elif kind == 0x90:
            self._releases.pop(key, None)
        elif kind == 0xB0 and data[1] == SUSTAIN:
            pedal = (out, data[0], SUSTAIN)
            if data[2] < 64:
                self._releases[pedal] = (start, data)
            else:
                self._releases.pop(pedal, None)

    def _release_again(self, start: int) -> None:
        """Queue once more the releases that may have been lost; they go out first in this cycle."""
        oldest = start - (_IN_DOUBT + _CALM) * self._rate
        for (out, _, _), (written, data) in self._releases.items():
            if written >= oldest:
                heappush(self.waiting, (_FIRST, next(self._order), out, data, _AGAIN))
        self._releases = {}

    def _clear(self) -> None:
        """Empty what earlier cycles wrote to; a port with nothing written to it since stays empty."""
        for out in self.unclean:
            out.sink.clear_buffer()
            out.clearings -= 1
            out.written = 0
        self.unclean = [out for out in self.unclean if out.clearings]

    def _refuse(self, out: _Out, data: bytes) -> None:
        """Say that a message is too long even for an empty buffer."""
        self._deliver(PortNews(out.name, "complaint", f"a message of {len(data)} bytes is too long for this JACK port"))
