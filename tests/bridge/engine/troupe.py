"""Packs for tests that can be told to fail, by name, and a place where they are opened when the test says so."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bridge.engine.family import Ask, Heard
from bridge.engine.protocol import Loaded
from bridge.music.note import Note, Voice


class Actor:
    """Plays a note every half beat of the span, of the first voice it is asked for, and whatever `script` says."""

    interleaves = True

    def __init__(self, script: Callable[[Ask], Iterator[Note]] | None = None) -> None:
        self.heard: list[Heard] = []
        self.asks: list[Ask] = []
        self.deaf: Exception | None = None
        self._script = script

    def hear(self, event: Heard) -> None:
        if self.deaf is not None:
            raise self.deaf
        self.heard.append(event)

    def rewind(self, beat: float) -> None:
        self.heard = [event for event in self.heard if event.beat < beat]

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append(ask)
        if self._script is not None:
            yield from self._script(ask)
        beat = ask.span.start
        while beat < ask.span.end:
            yield Note(ask.voices[0], beat, 0.4, 60, 80)
            beat += 0.5

    def warm_up(self) -> None:
        pass


class Troupe:
    """Opens packs: each is named by its folder. `made` lists every copy by name, `bad` what cannot be opened."""

    def __init__(self) -> None:
        self.made: dict[str, list[Actor]] = {}
        self.providers: list[str] = []
        self.bad: dict[str, Exception] = {}
        self.scripts: dict[str, Callable[[Ask], Iterator[Note]]] = {}
        self.waiting: list[tuple[Callable[[], None], Callable[[], None]]] = []

    def open(self, folder: Path, provider: str = "auto", strict: bool = False) -> tuple[Actor, Loaded]:
        """What the engine calls to load a pack."""
        name = folder.name
        self.providers.append(provider)
        if name in self.bad:
            raise self.bad[name]
        actor = Actor(self.scripts.get(name))
        self.made.setdefault(name, []).append(actor)
        got = "cpu" if provider == "auto" else provider
        return actor, Loaded(name, "actor", tuple(Voice)[:4], provider, got, 1.0, 1.0)

    def later(self, work: Callable[[], None], then: Callable[[], None]) -> None:
        """An `aside` that waits for the test."""
        self.waiting.append((work, then))

    def run(self) -> None:
        """Do all that was put aside."""
        while self.waiting:
            work, then = self.waiting.pop(0)
            work()
            then()
