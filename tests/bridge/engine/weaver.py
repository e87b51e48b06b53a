"""A family for tests that makes its answers from the ask's material: small, honest, the same every time."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

from bridge.engine.family import Ask, Heard, Material
from bridge.engine.protocol import Loaded
from bridge.music.note import BAND, Note, Voice

OWN = 84
"""The pitch that it plays by itself."""


class Weaver:
    """Plays the material's phrase, transposed by the knob `move`; without material, its own note on every beat.

    Between two phrases it takes each pitch as near to the second as `blend` says. What it is to keep only in part it
    plays on its own pitch, or on its own beats.
    """

    def __init__(self) -> None:
        self.asks: list[Ask] = []

    def hear(self, event: Heard) -> None:
        pass

    def rewind(self, beat: float) -> None:
        pass

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append(ask)
        moved = round(ask.knobs.get("move", 0.0))
        for voice in ask.voices:
            if ask.material is None or not ask.material.phrase:
                for beat in range(ceil(ask.span.start + ask.song - 1e-9), ceil(ask.span.end + ask.song - 1e-9)):
                    yield Note(voice, max(beat - ask.song, ask.span.start), 0.9, OWN + moved, 80)
            else:
                yield from self._woven(ask, ask.material, voice, moved)

    def warm_up(self) -> None:
        pass

    def _woven(self, ask: Ask, material: Material, voice: Voice, moved: int) -> Iterator[Note]:
        start = material.origin + material.beats * ((ask.span.start - material.origin) // material.beats)
        while start < ask.span.end:
            for index, note in enumerate(material.phrase):
                pitch = note.pitch
                if material.other:
                    goal = material.other[index % len(material.other)].pitch
                    pitch = round(pitch + (goal - pitch) * material.blend)
                pitch = OWN if material.keep == ("rhythm",) else pitch + moved
                if start + note.beat in ask.span:
                    yield Note(voice, start + note.beat, note.duration, pitch, note.velocity)
            start += material.beats


def open_weaver(_: Path, provider: str = "auto", __: bool = False) -> tuple[Weaver, Loaded]:
    """What the engine calls to load a pack."""
    return Weaver(), Loaded("weaver", "weaver", BAND, provider, "cpu", 1.0, 1.0)
