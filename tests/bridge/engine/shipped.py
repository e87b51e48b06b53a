"""A pack that ships, loaded once a run; what its tests share: a player's tune, an ask, a graph that lies."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bridge.engine.family import Ask, Heard, Pressed, Released
from bridge.engine.pack import Pack
from bridge.engine.session import Session, open_session
from bridge.music.note import Note, Span, Voice

MODELS = Path(__file__).parents[3] / "models"
C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
TUNE = (60, 62, 64, 65, 67, 67, 69, 67, 65, 64, 62, 64, 60, 60, 67, 72)
"""Two bars in eighths."""


class Hearing(Protocol):
    """A family, as far as it can be played to."""

    def hear(self, event: Heard) -> None:
        """Something happened on the stage."""


Family = TypeVar("Family", bound=Hearing)


class Shipped:
    """One of the packs under `models`, by its folder's name; `voices` are those that an ask wants."""

    def __init__(self, name: str, voices: tuple[Voice, ...]) -> None:
        self.folder = MODELS / name
        self._voices = voices
        self.pack = cache(lambda: Pack.load(self.folder))
        """The pack."""
        self.session = cache(self._open)
        """One of its graphs by name, on the processor."""

    def ask(self, start: float = 8.0, end: float = 16.0, seed: int = 1, **more: Any) -> Ask:
        """An ask for some beats, in C major unless it is said otherwise."""
        known = {"id": 1, "span": Span(start, end), "voices": self._voices, "key": C_MAJOR, "seed": seed}
        return Ask(**{**known, **more})

    def _open(self, graph: str) -> Session:
        return open_session(self.pack().graph(graph, "cpu"), "cpu")


def tune(up: int = 0, pitches: Sequence[int] = TUNE) -> list[Heard]:
    """What a player plays in eighths from beat 0, some semitones higher."""
    found: list[Heard] = []
    for step, pitch in enumerate(pitches):
        found += [Pressed(step * 0.5, pitch + up, 80), Released(step * 0.5 + 0.45, pitch + up)]
    return found


def play(family: Family, events: Sequence[Heard]) -> Family:
    """The family, after it has heard all that."""
    for event in events:
        family.hear(event)
    return family


def phrase(*pitches: int, step: float = 0.5, length: float = 0.5) -> tuple[Note, ...]:
    """A phrase of the lead: a pitch every `step` beats, each of `length` beats."""
    return tuple(Note(Voice.LEAD, n * step, length, pitch, 80) for n, pitch in enumerate(pitches))


class Liar:
    """A session whose outputs are what they should be in all but one number."""

    def __init__(self, real: Session, bad: float) -> None:
        self.inputs, self.outputs, self.provider = real.inputs, real.outputs, real.provider
        self._real, self._bad = real, bad

    def run(self, names: Sequence[str], feeds: Mapping[str, Any]) -> list[Any]:
        """What the real one answers, with the seventh number of its first output replaced."""
        found = [array.copy() for array in self._real.run(names, feeds)]
        found[0].flat[7] = self._bad
        return found
