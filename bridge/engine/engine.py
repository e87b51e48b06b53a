"""The engine: a loaded pack that hears everything and answers asks, one note at a time.

One thread owns it. `handle` takes a message, `work` makes at most one note, so that a newer message never waits
for a whole phrase.
"""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bridge.engine.family import Ask, Family
from bridge.engine.protocol import (
    Cancel,
    Ear,
    Fault,
    FromEngine,
    Load,
    Loaded,
    PhraseEnd,
    PhraseNote,
    Request,
    ToEngine,
)
from bridge.errors import AntiphonError
from bridge.music.note import Note

EARLY = 512
"""Events kept for a pack that is not loaded yet."""

Opened = tuple[Family, Loaded]
Open = Callable[[Path, str, bool], Opened]


class Answer(msgspec.Struct):
    """An ask under way."""

    ask: Ask
    notes: Iterator[Note]
    began: float
    first: float = 0.0
    made: int = 0


class Engine:
    """Answers through `say`. `open_pack` loads a pack; `now` reads seconds for the reported times only."""

    def __init__(self, open_pack: Open, say: Callable[[FromEngine], object], now: Callable[[], float]) -> None:
        self._open = open_pack
        self._say = say
        self._now = now
        self._family: Family | None = None
        self._heard = 0
        self._early: deque[Ear] = deque(maxlen=EARLY)
        self._answer: Answer | None = None

    @property
    def busy(self) -> bool:
        """Whether `work` has something to do."""
        return self._answer is not None

    def handle(self, message: ToEngine) -> None:
        """Take a message in. Never raises for a message that cannot be served: the fault is said instead."""
        try:
            match message:
                case Ear():
                    self._hear(message)
                case Request(ask):
                    self._begin(ask)
                case Cancel(ask=id):
                    if self._answer is not None and self._answer.ask.id == id:
                        self._end()
                case Load():
                    self._load(message)
        except Exception as error:
            # Whatever a pack does when it is loaded or fed, this process lives on: a new one would meet the same.
            self._say(Fault(_words(error), fatal=self._family is None))

    def work(self) -> None:
        """Make one note of the answer under way."""
        answer = self._answer
        if answer is None:
            return
        try:
            note = next(answer.notes, None)
        except Exception as error:  # ONNX Runtime raises its own kinds; whatever it is, the band must go on
            self._answer = None
            self._say(Fault(_words(error), ask=answer.ask.id))
            return
        if note is None or 0 < answer.ask.deadline < self._now():
            wall = (self._now() - answer.began) * 1000
            self._answer = None
            self._say(PhraseEnd(answer.ask.id, answer.made, self._heard, wall, answer.first))
            return
        if answer.made == 0:
            answer.first = (self._now() - answer.began) * 1000
        answer.made += 1
        self._say(PhraseNote(answer.ask.id, note))

    def _begin(self, ask: Ask) -> None:
        self._end()
        if self._family is None:
            self._say(Fault("no pack is loaded", fatal=True, ask=ask.id))
            return
        self._answer = Answer(ask, iter(self._family.respond(ask)), self._now())

    def _end(self) -> None:
        if self._answer is not None:
            close = getattr(self._answer.notes, "close", None)
            if close is not None:
                close()
            self._answer = None

    def _hear(self, ear: Ear) -> None:
        if self._family is None:
            self._early.append(ear)
        elif ear.seq > self._heard:
            self._heard = ear.seq
            self._family.hear(ear.event)

    def _load(self, load: Load) -> None:
        self._end()
        family, loaded = self._open(Path(load.pack), load.provider, load.strict)
        for event in load.history:
            family.hear(event)
        self._family = family
        self._heard = max(load.heard, 0)
        for ear in self._early:
            self._hear(ear)
        self._early.clear()
        self._say(loaded)


def _words(error: Exception) -> str:
    """What to tell the user of an error: our own in their words, others on one line."""
    if isinstance(error, AntiphonError):
        return str(error)
    if isinstance(error, MemoryError):
        return "out of memory; choose a smaller pack"
    lines = str(error).splitlines() or [type(error).__name__]
    return f"the model failed ({lines[0][:200]}); choose another pack, or get this one again"
