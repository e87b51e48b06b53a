"""A family for tests that accompanies: chord, bass and drums on a fixed grid, from the last pitch it heard."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

from bridge.engine.family import Ask, Heard, Pressed
from bridge.engine.protocol import Loaded
from bridge.music.note import Note, Voice

VOICES = (Voice.DRUMS, Voice.BASS, Voice.CHORDS)


class Trio:
    """Every beat of the span a note of each voice that is asked; what it plays follows the player at once."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.asks: list[Ask] = []

    def hear(self, event: Heard) -> None:
        self.heard.append(event)

    def rewind(self, beat: float) -> None:
        self.heard = [event for event in self.heard if event.beat < beat]

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append(ask)
        last = next((event.pitch for event in reversed(self.heard) if isinstance(event, Pressed)), 60)
        for beat in range(ceil(ask.span.start - 1e-9), ceil(ask.span.end - 1e-9)):
            for voice in ask.voices:
                pitch = {Voice.DRUMS: 36, Voice.BASS: last - 24}.get(voice, last - 5)
                yield Note(voice, float(beat), 0.9, pitch, 80)

    def warm_up(self) -> None:
        pass


def open_trio(_: Path, provider: str = "auto", __: bool = False) -> tuple[Trio, Loaded]:
    """What the engine calls to load a pack."""
    return Trio(), Loaded("trio", "trio", VOICES, provider, "cpu", 1.0, 1.0)
