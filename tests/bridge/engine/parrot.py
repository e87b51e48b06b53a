"""A family for tests that answers with what it heard: small, honest, the same every time."""

from collections.abc import Iterator
from pathlib import Path

from bridge.engine.family import Ask, Heard, Pressed
from bridge.engine.protocol import Loaded
from bridge.errors import EngineError
from bridge.music.note import Note, Voice


class Parrot:
    """Plays the pitches it heard last, an eighth each, in a circle."""

    def __init__(self, fails_after: int = -1) -> None:
        self.heard: list[Heard] = []
        self.asks: list[Ask] = []
        self._left = fails_after

    def hear(self, event: Heard) -> None:
        self.heard.append(event)

    def rewind(self, beat: float) -> None:
        self.heard = [event for event in self.heard if event.beat < beat]

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append(ask)
        pitches = [event.pitch for event in self.heard if isinstance(event, Pressed)][-8:] or [60]
        index = 0
        beat = ask.span.start
        while beat < ask.span.end:
            if self._left == 0:
                raise EngineError("the parrot has lost its voice")
            self._left -= 1
            yield Note(ask.voices[0], beat, 0.45, pitches[int(beat * 2) % len(pitches)], 80)
            beat += 0.5
            index += 1

    def warm_up(self) -> None:
        pass


def open_parrot(_: Path, provider: str = "auto", __: bool = False) -> tuple[Parrot, Loaded]:
    """What the engine calls to load a pack."""
    return Parrot(), Loaded("parrot", "parrot", (Voice.LEAD,), provider, "cpu", 1.0, 1.0)
