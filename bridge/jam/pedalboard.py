"""The pedalboard: what the player does with phrases, in slots and in what the band repeats."""

from collections.abc import Collection

from bridge.clock.tempo_map import TempoMap
from bridge.errors import SettingsError
from bridge.jam.gestures import Back, Capture, Clear, PlaySlot, Restock
from bridge.jam.knobs import Knobs
from bridge.jam.looper import OWN, Loop, Looper
from bridge.jam.modes import INTERPOLATE
from bridge.jam.modes.interpolate import missing
from bridge.jam.phrase import Phrase
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.section import Moment
from bridge.jam.stock import SLOTS
from bridge.jam.touch import plain
from bridge.music.note import Voice

SETTLE = 0.25
"""Beats before a loop's first bar, beyond the commit distance, at which it takes its voices."""


class Pedalboard:
    """Holds the slots, and has the looper begin and end on bar lines. Raises SettingsError for what cannot be done."""

    def __init__(self, book: Phrasebook, looper: Looper) -> None:
        self._book = book
        self._looper = looper
        self.slots: dict[str, Phrase] = {}
        self._told = ""
        self._wanted: Loop | None = None
        self._start: float | None = None
        """The bar line, in stage beats, at which something is to be repeated; None: nothing is to begin."""

    @property
    def repeats(self) -> str:
        """What is repeated, or about to be: a slot's letter, `band`, or nothing."""
        if self._start is not None:
            return OWN if self._wanted is None else self._wanted.name
        loop = self._looper.loop
        return loop.name if loop is not None and self._looper.voices else ""

    def do(self, what: Capture | PlaySlot | Clear | Back | Restock, now: Moment, line: float, knobs: Knobs) -> None:
        """Do what a gesture says; `line` is the stage beat before which nothing can be changed any more."""
        match what:
            case Capture():
                self.capture(what, now, knobs)
            case PlaySlot(slot):
                self.play(slot, now, line)
            case Clear(slot):
                self.slots.pop(_letter(slot), None)
            case Back():
                self.back(now, line, knobs)
            case Restock(slots):
                self.slots = {letter: slots[letter] for letter in SLOTS if letter in slots}

    def lacking(self, modes: Collection[str]) -> str:
        """What to tell the player that these modes lack in the slots; nothing where it has been told already."""
        text = missing(self.slots) if INTERPOLATE.name in modes else ""
        news = f"mode {INTERPOLATE.name}: {text}" if text and text != self._told else ""
        self._told = text
        return news

    def capture(self, what: Capture, now: Moment, knobs: Knobs) -> None:
        """Keep a phrase in a slot."""
        letter = _letter(what.slot)
        if what.band:
            loop = self._looper.loop
            phrase = (
                loop.phrase if loop is not None and self._looper.voices else self._of_band(now.beat, now.map, knobs)
            )
        else:
            phrase = self._book.player(now.beat, now.map)
        if phrase is None:
            raise SettingsError(f"{'the band has' if what.band else 'you have'} played nothing yet that could be kept")
        self.slots[letter] = phrase

    def play(self, slot: str, now: Moment, line: float) -> None:
        """Repeat a slot's phrase from the next bar on."""
        letter = _letter(slot)
        phrase = self.slots.get(letter)
        if phrase is None:
            raise SettingsError(f"slot {letter} is empty; capture a phrase there first")
        self._start = _next_bar(now, line)
        self._wanted = Loop(phrase, self._start + now.map.song, letter)

    def freeze(self, now: Moment, line: float) -> None:
        """Repeat what the band plays, from the next bar on; what is repeated already goes on."""
        if not self.repeats:
            self._start, self._wanted = _next_bar(now, line), None

    def let_go(self, now: Moment, line: float) -> tuple[tuple[Voice, ...], float]:
        """Repeat nothing from the next bar on; returns the voices that are free from there, and where that is."""
        self._start = self._wanted = None
        end = max(_next_bar(now, line), self._looper.start)
        return (self._looper.let_go(end) if self._looper.voices else ()), end

    def back(self, now: Moment, line: float, knobs: Knobs) -> None:
        """Repeat, from the next bar on, the phrase that the band played before the last one, or before the loop was
        changed."""
        start = _next_bar(now, line)
        loop = self._looper.earlier()
        if loop is None:
            loop = self._before(now, knobs)
        if loop is None:
            raise SettingsError("there is no phrase of the band before this one to go back to")
        self._start = self._wanted = None
        self._looper.play(self._from(loop, start, now), start, going_back=True)

    def step(self, now: Moment, line: float, knobs: Knobs) -> bool:
        """Have the loop begin whose bar has come. True where its voices are the looper's from now on."""
        start = self._start
        if start is None or start - line > SETTLE:
            return False
        loop = self._wanted
        if loop is None:
            found = self._book.band(start, now.map)
            if found is None:  # what comes first is repeated then
                self._start = start + now.map.meter.bar
                return False
            loop = Loop(_plain(found[0], knobs), start + now.map.song, source=found[1])
        self._start = self._wanted = None
        self._looper.play(loop, start)
        return True

    def silence(self) -> None:
        """Repeat nothing any more, at once; what was planned of it is gone already."""
        self._start = self._wanted = None
        self._looper.forget()

    def jump(self, after: TempoMap, start: float) -> None:
        """The music jumped: what is to be repeated is so from stage beat `start` on."""
        if self._start is not None:
            self._start = after.next_bar(start)
        self._looper.jump(start)

    def _before(self, now: Moment, knobs: Knobs) -> Loop | None:
        """The phrase before the one that is repeated, or that the band has played last."""
        loop = self._looper.loop
        source = loop.source if loop is not None else None
        if source is None:
            last = self._book.band(now.beat, now.map)
            source = None if last is None else last[1]
        found = None if source is None else self._book.band(source.start, now.map)
        return None if found is None else Loop(_plain(found[0], knobs), 0.0, source=found[1])

    def _of_band(self, before: float, map: TempoMap, knobs: Knobs) -> Phrase | None:
        found = self._book.band(before, map)
        return None if found is None else _plain(found[0], knobs)

    def _from(self, loop: Loop, start: float, now: Moment) -> Loop:
        return Loop(loop.phrase, start + now.map.song, loop.name, loop.source)


def _next_bar(now: Moment, line: float) -> float:
    """The first bar line that can still be changed, in stage beats; none before the song begins."""
    return now.map.next_bar(max(line + SETTLE, -now.map.song))


def _plain(phrase: Phrase, knobs: Knobs) -> Phrase:
    return Phrase(tuple(plain(note, knobs) for note in phrase.notes), phrase.beats, phrase.bar, phrase.upbeat)


def _letter(slot: str) -> str:
    letter = slot.strip().upper()
    if letter not in SLOTS:
        raise SettingsError(f"there is no slot «{slot[:40]}»; there are {', '.join(SLOTS)}")
    return letter
