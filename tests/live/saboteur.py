"""A pack that does harm, in an engine process of its own: each life of the engine, and each answer, has its sabotage.

Run as `python -m tests.live.saboteur engine ADDRESS`, it is the engine process with one more family in its registry.
"""

import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bridge.engine import families
from bridge.engine.family import Ask, Heard
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.errors import EngineError
from bridge.music.note import Note, Voice

LIVES = ("segfault", "exit", "native hang")
"""What ends the first engines; the next one lives on."""
ANSWERS = ("memory", "not finite", "astray", "endless")
"""What goes wrong with the first answers of the one that lives on."""

CARD = """
schema = 1
name = "saboteur"
family = "saboteur"
version = "1.0.0"
title = "A pack that does harm"
licence = "CC0-1.0"
voices = ["lead"]
graphs = {}
"""


def pack(folder: Path) -> Path:
    """Write the pack."""
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(CARD)
    return folder


class Saboteur:
    """Plays eighths, after whatever it has been up to. Its lives are counted in a file of its folder."""

    def __init__(self, pack: Pack, _: Callable[[str], Session]) -> None:
        self._log = pack.folder / "lives"

    def hear(self, event: Heard) -> None:
        pass

    def rewind(self, beat: float) -> None:
        pass

    def warm_up(self) -> None:
        pass

    def respond(self, ask: Ask) -> Iterator[Note]:
        beat = ask.span.start
        pitch = 60
        while beat < ask.span.end:
            yield Note(Voice.LEAD, beat, 0.4, pitch, 80)
            if ask.deadline and beat > ask.span.start:
                yield from self._sabotage(ask)
            beat += 0.5
            pitch = 60 + (pitch - 58) % 7

    def _sabotage(self, ask: Ask) -> Iterator[Note]:
        life = life_of(self._log)
        if life < len(LIVES):
            self._mark()
            _end(LIVES[life])
        answer = life - len(LIVES)
        if answer >= len(ANSWERS):
            return
        self._mark()
        match ANSWERS[answer]:
            case "memory":
                raise MemoryError
            case "not finite":
                raise EngineError("the model's output is not finite; get the pack again or choose another")
            case "astray":
                yield Note(Voice.DRUMS, ask.span.start, 0.4, 36, 80)
            case "endless":
                while True:
                    yield Note(Voice.LEAD, ask.span.start + 0.5, 0.4, 60, 80)

    def _mark(self) -> None:
        with self._log.open("a") as log:
            log.write("x")


def life_of(log: Path) -> int:
    """How many sabotages there have been."""
    return len(log.read_text()) if log.exists() else 0


def _end(how: str) -> None:
    if how == "segfault":
        ctypes.string_at(0)
    if how == "exit":
        os._exit(3)
    ctypes.PyDLL(None).sleep(1000)  # native code that never comes back, and lets no other thread of Python run
    time.sleep(1000)


if __name__ == "__main__":
    from bridge.__main__ import main

    families.FAMILIES["saboteur"] = Saboteur
    sys.argv[0] = "antiphon"
    main()
