"""Pedals: the deeds that have to do with phrases, as gestures to the band."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from bridge.control.parameters import ParameterTable
from bridge.control.rows import FREEZE
from bridge.errors import SettingsError
from bridge.jam.gestures import Back, Capture, Clear, Fill, Gesture, Infill, PlaySlot, Restock
from bridge.jam.phrase import Phrase
from bridge.jam.stock import SLOTS


class Phrases(Protocol):
    """What the pedals need of the band."""

    def gesture(self, what: Gesture) -> None:
        """Do something with phrases. Raises SettingsError for what cannot be done."""

    @property
    def slots(self) -> Mapping[str, Phrase]:
        """The phrases in the slots, by their letters."""

    @property
    def repeats(self) -> str:
        """What is repeated: a slot's letter, `band`, or nothing."""


class Pedals:
    """`deeds` are done without an argument, `with_numbers` with a text of numbers. All may raise SettingsError."""

    def __init__(self, table: ParameterTable, band: Phrases) -> None:
        self._table = table
        self._band = band
        self.deeds: dict[str, Callable[[], object]] = {
            "back": self._back,
            "fill": partial(band.gesture, Fill()),
        }
        for letter in SLOTS:
            self.deeds[f"slot/{letter}/capture"] = partial(band.gesture, Capture(letter))
            self.deeds[f"slot/{letter}/borrow"] = partial(band.gesture, Capture(letter, band=True))
            self.deeds[f"slot/{letter}/play"] = partial(self._play, letter)
            self.deeds[f"slot/{letter}/clear"] = partial(band.gesture, Clear(letter))
        self.with_numbers: dict[str, Callable[[str], object]] = {"infill": self._infill}

    def ask(self, name: str) -> tuple[str, ...] | None:
        """What there is to answer to a deed's name; None where it is no business of the pedals."""
        match name:
            case "slots":
                return tuple(sorted(self._band.slots))
            case "repeats":
                return (self._band.repeats,) if self._band.repeats else ()
            case _:
                return None

    @property
    def slots(self) -> Mapping[str, Phrase]:
        """The phrases in the slots, to be saved."""
        return dict(self._band.slots)

    def restock(self, slots: Mapping[str, Phrase]) -> None:
        """Put saved phrases in the slots, and nothing else."""
        self._band.gesture(Restock(slots))

    def _play(self, letter: str) -> None:
        """Repeat a slot's phrase; where that is what is repeated, stop it."""
        playing = self._band.repeats == letter
        if not playing:
            self._band.gesture(PlaySlot(letter))
        self._table.set(FREEZE, not playing)

    def _back(self) -> None:
        self._band.gesture(Back())
        self._table.set(FREEZE, True)

    def _infill(self, argument: str) -> None:
        first, last = (round(number) for number in numbers(argument, 2))
        self._band.gesture(Infill(first, last))


def numbers(argument: str, count: int) -> tuple[float, ...]:
    """So many finite numbers from a text. Raises SettingsError."""
    try:
        found = tuple(float(word) for word in argument.replace(",", " ").split())
    except ValueError:
        found = ()
    if len(found) != count or not all(abs(number) < 1e9 for number in found):
        raise SettingsError(f"it takes {count} numbers, not «{argument[:40]}»")
    return found
