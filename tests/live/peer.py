"""A JACK client from outside: it plays into Antiphon at exact frames and stamps what comes out in its callback."""

import heapq
import itertools
import time
from collections.abc import Iterator, Sequence

import jack

from bridge.midi.messages import NoteOff, NoteOn, decode

TICKS = 24


class Peer:
    """Two outs (`play`, `clock`), one in for each voice listened to. Times are frames of the JACK server."""

    def __init__(self, voices: Sequence[str] = ("lead",), name: str = "outside") -> None:
        self.client = jack.Client(name, no_start_server=True)
        self.rate = self.client.samplerate
        self.period = self.client.blocksize
        self.play_port = self.client.midi_outports.register("play")
        self.clock_port = self.client.midi_outports.register("clock")
        self.ins = {voice: self.client.midi_inports.register(voice) for voice in voices}
        self.heard: list[tuple[int, str, bytes]] = []
        self._due: list[tuple[int, int, str, bytes]] = []
        self._order = itertools.count()
        self.xruns = 0
        """Cycles that the server missed: what was sent or heard in them may be lost, and is not Antiphon's fault."""
        self.client.set_xrun_callback(self._missed)
        self.client.set_process_callback(self._process)
        self.client.activate()

    def connect(self, target: str = "Antiphon", clock: bool = True) -> None:
        """Wire ourselves to Antiphon's ports, waiting for them to appear."""
        cables = [(self.play_port.name, f"{target}:in")]
        cables += [(self.clock_port.name, f"{target}:in")] if clock else []
        cables += [(f"{target}:{voice}", port.name) for voice, port in self.ins.items()]
        until = time.monotonic() + 10
        for source, sink in cables:
            while True:
                try:
                    self.client.connect(source, sink)
                    break
                except jack.JackError:  # the port is not there yet, or its client not active
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.05)

    @property
    def now(self) -> int:
        """Frames now."""
        return int(self.client.frame_time)

    @property
    def out(self) -> list[tuple[float, str, bytes]]:
        """What was heard so far, as (frame, voice, message).

        Where the server has missed a cycle, an on may have been lost in it, and Antiphon sends recent offs again: then,
        and only then, an off that closes nothing is left out.
        """
        whole = [(float(frame), voice, data) for frame, voice, data in list(self.heard)]
        return whole if self.xruns == 0 else list(_with_their_ons(whole))

    def at(self, frame: int, data: bytes, port: str = "play") -> None:
        """Send a message at a frame."""
        heapq.heappush(self._due, (frame, next(self._order), port, data))

    def note(self, start: int, length: int, pitch: int, velocity: int = 80) -> None:
        """Play a note at a frame."""
        self.at(start, bytes((0x90, pitch, velocity)))
        self.at(start + length, bytes((0x80, pitch, 64)))

    def roll(self, start: int, tempos: Sequence[tuple[float, float]]) -> list[int]:
        """Send MIDI clock: start, then (BPM, beats) one after the other. Returns the frame of every beat."""
        self.at(start - 480, b"\xfa", "clock")
        beats, frame = [], float(start)
        for bpm, length in tempos:
            for tick in range(round(length * TICKS)):
                if tick % TICKS == 0:
                    beats.append(round(frame))
                self.at(round(frame), b"\xf8", "clock")
                frame += self.rate * 60.0 / bpm / TICKS
        self.at(round(frame), b"\xfc", "clock")
        return [*beats, round(frame)]

    def wait(self, frame: int) -> None:
        """Sleep until a frame has passed."""
        while self.now < frame:
            time.sleep(0.05)

    def close(self) -> None:
        """Leave the server."""
        self.client.deactivate()
        self.client.close()

    def _missed(self, _: float) -> None:
        self.xruns += 1

    def _process(self, frames: int) -> None:
        start = self.client.last_frame_time
        outs = {"play": self.play_port, "clock": self.clock_port}
        for port in outs.values():
            port.clear_buffer()
        while self._due and self._due[0][0] < start + frames:
            frame, _, name, data = heapq.heappop(self._due)
            outs[name].write_midi_event(max(frame - start, 0), data)
        for voice, inward in self.ins.items():
            for offset, data in inward.incoming_midi_events():
                self.heard.append((start + offset, voice, bytes(data)))


def _with_their_ons(heard: list[tuple[float, str, bytes]]) -> Iterator[tuple[float, str, bytes]]:
    """Messages without the offs of notes that are not open."""
    sounding: set[tuple[str, int, int]] = set()
    for frame, voice, data in heard:
        match decode(data):
            case NoteOn(channel, pitch, _):
                sounding.add((voice, channel, pitch))
            case NoteOff(channel, pitch):
                if (voice, channel, pitch) not in sounding:
                    continue
                sounding.discard((voice, channel, pitch))
            case _:
                pass
        yield frame, voice, data
