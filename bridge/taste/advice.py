"""Advice: suggestions as they are shown, looked for in a process of its own, and tried by number."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.control.preset import Preset
from bridge.errors import SettingsError
from bridge.jam.gestures import Restock
from bridge.jam.phrase import placed
from bridge.jam.stock import SLOTS
from bridge.music.note import Voice
from bridge.taste.house import House
from bridge.taste.item import Item, Kind, knobs_of, of_preset, phrase_of, preset_of
from bridge.taste.phrase import Phrase
from bridge.taste.suggestion import Suggestion

SOURCE = "taste"
"""How changes made here are signed in the parameter table."""
REST = 10.0
"""Seconds from one search for suggestions to the next."""
SEARCH = 60.0
"""Seconds that a search may take."""


class Advice:
    """What is suggested to a profile. A search begins when somebody asks and something has changed since the last."""

    def __init__(self, house: House, path: Path, profile: Callable[[], str]) -> None:
        self._house = house
        self._path = path
        self._profile = profile
        self._found: tuple[Suggestion, ...] = ()
        self._stale = True
        self._next = float("-inf")
        self._search: asyncio.Task[None] | None = None

    def renew(self) -> None:
        """Something was said that may change it."""
        self._stale = True

    def stop(self) -> None:
        """Give up a search that is under way."""
        if self._search is not None:
            self._search.cancel()

    def lines(self) -> tuple[str, ...]:
        """What is suggested so far, a line each, with a number before it."""
        loop = asyncio.get_running_loop()
        idle = self._search is None or self._search.done()
        if self._stale and idle and loop.time() >= self._next and self._path.exists():
            self._stale, self._next = False, loop.time() + REST
            self._search = loop.create_task(self._look_around(), name="suggest")
        return tuple(f"{number} {one.line}" for number, one in enumerate(self._found, 1))

    def take(self, number: str) -> None:
        """Try a suggestion, by its number from 1. Raises SettingsError."""
        index = int(number) - 1 if number.strip().isdecimal() else -1
        if not 0 <= index < len(self._found):
            raise SettingsError(f"there is no suggestion «{number[:20]}»; there are {len(self._found)}, counted from 1")
        item = self._found[index].item
        match item.kind:
            case Kind.PRESET:
                self._load(preset_of(item), item)
            case Kind.SETTING:
                for path, value in knobs_of(item).values.items():
                    self._house.table.set(path, value, source=SOURCE)
            case Kind.PHRASE:
                self._slot(phrase_of(item))

    async def _look_around(self) -> None:
        """Search. The library for it is large, and must not hold up the desk."""
        quiet = asyncio.subprocess.DEVNULL
        words = command("suggest", "--json", "--profile", self._profile())
        process = await asyncio.create_subprocess_exec(
            *words, stdin=quiet, stdout=asyncio.subprocess.PIPE, stderr=quiet
        )
        try:
            out, _ = await asyncio.wait_for(process.communicate(), SEARCH)
            if process.returncode == 0:
                self._found = tuple(msgspec.json.decode(out, type=list[Suggestion]))
        except (TimeoutError, msgspec.MsgspecError):
            self._house.tell("suggestions could not be found in time; likes are kept all the same")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()

    def _load(self, preset: Preset, item: Item) -> None:
        """Load a preset from the shelf, where it is put if it came from another player."""
        console = self._house.console
        console.load(self._on_shelf(item) or self._put_up(preset))

    def _on_shelf(self, item: Item) -> str:
        """The name under which a preset is there already; empty where it is not."""
        shelf, table = self._house.console.shelf, self._house.table
        for name in shelf.names:
            with contextlib.suppress(SettingsError):  # one that cannot be read is another
                if of_preset(shelf.load(name)[0], table).id == item.id:
                    return name
        return ""

    def _put_up(self, preset: Preset) -> str:
        shelf = self._house.console.shelf
        name, number = preset.name, 2
        while name in shelf.names:
            name, number = f"{preset.name} ({number})", number + 1
        shelf.save(msgspec.structs.replace(preset, name=name))
        return name

    def _slot(self, phrase: Phrase) -> None:
        """Put a phrase into the first slot that is free, or the last one, in the key of the moment."""
        band = self._house.band
        slots = band.conductor.board.slots
        letter = next((letter for letter in SLOTS if letter not in slots), SLOTS[-1])
        key, shift = band.conductor.key(), 0
        if key is not None and phrase.key is not None:
            shift = (key.tonic - phrase.key.tonic + 6) % 12 - 6
        notes = [
            note
            if note.voice is Voice.DRUMS
            else msgspec.structs.replace(note, pitch=min(max(note.pitch + shift, 0), 127))
            for note in phrase.notes
        ]
        band.gesture(Restock({**slots, letter: placed(notes, 0.0, phrase.beats, phrase.bar)}))
        self._house.tell(f"the phrase is in slot {letter} now: play it from there")


def command(*words: str) -> list[str]:
    """The command line of `antiphon taste`, from a source tree, an installed wheel or a frozen binary."""
    begin = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "bridge"]
    return [*begin, "taste", *words]
