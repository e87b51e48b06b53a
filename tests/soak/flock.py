"""A model for long runs: it plays every voice by turning over what it heard, and fails in every way that it is told."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from bridge.engine.family import Ask, Heard, Pressed
from bridge.engine.loading import Open
from bridge.engine.protocol import Loaded
from bridge.errors import EngineError
from bridge.music.note import BAND, Note


class Flock:
    """Every voice of an ask plays what was heard last, in sixteenths to halves; `ill` makes the answers fail."""

    def __init__(self) -> None:
        self.ill = False
        self._pitches: deque[int] = deque((60,), maxlen=8)

    def hear(self, event: Heard) -> None:
        if isinstance(event, Pressed):
            self._pitches.append(event.pitch)

    def rewind(self, beat: float) -> None:
        pass

    def respond(self, ask: Ask) -> Iterator[Note]:
        pitches = tuple(self._pitches)
        length = (0.25, 0.5, 1.0, 2.0)[ask.seed % 4]
        beat = ask.span.start
        while beat < ask.span.end:
            for voice in ask.voices:
                if self.ill and int(beat * 4) % 3 == 2:
                    raise EngineError("the model's output is not finite")
                pitch = pitches[int(beat * 4) % len(pitches)]
                yield Note(voice, beat, length, pitch, 64)
            beat += length / 2

    def warm_up(self) -> None:
        pass


def opener(flocks: list[Flock]) -> Open:
    """What an engine calls to load a pack; `flocks` gets the latest."""

    def open_flock(_: Path, provider: str = "auto", __: bool = False) -> tuple[Flock, Loaded]:
        flock = Flock()
        flocks[:] = [flock]
        return flock, Loaded("flock", "flock", BAND, provider, "cpu", 1.0, 1.0)

    return open_flock
