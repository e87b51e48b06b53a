"""Chords: a root, a kind and perhaps another bass; symbols in and out."""

import re
from typing import NamedTuple

import msgspec

from bridge.errors import SettingsError

KINDS: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "dim": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "mmaj7": (0, 3, 7, 11),
    "7sus4": (0, 5, 7, 10),
    "5": (0, 7),
}
"""Kind, as it is written after the root -> semitones above the root. Richer chords are read as the nearest of these."""

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "♯": 1, "b": -1, "♭": -1}
_SYMBOL = re.compile(r"\s*([A-G])([#b♯♭]*)([^/]*)(?:/([A-G])([#b♯♭]*))?\s*")
_SILENT = frozenset(("N", "NC", "N.C.", "n.c.", "-", ""))
# From the most telling word on: the first that a symbol's kind begins with decides.
_SPELLINGS = (
    ("", ("maj", "M", "")),
    ("m7b5", ("m7b5", "m7(b5)", "min7b5", "min7(b5)", "-7b5", "ø", "h", "hdim")),
    ("mmaj7", ("mmaj7", "mM7", "m(maj7)", "minmaj7", "min(maj7)", "mMaj7", "-maj7", "-j7")),
    ("dim7", ("dim7", "o7", "°7")),
    ("dim", ("dim", "o", "°", "mb5")),
    ("maj7", ("maj7", "M7", "Maj7", "ma7", "Δ", "j7", "maj9", "maj13", "M9", "maj")),
    ("m7", ("m7", "min7", "-7", "mi7", "m9", "min9", "m11", "min11", "m13", "min13", "-9")),
    ("m6", ("m6", "min6", "-6")),
    ("m", ("min", "mi", "m", "-")),
    ("aug", ("aug", "+")),
    ("7sus4", ("7sus4", "7sus", "9sus4", "9sus", "13sus4", "sus7", "sus9", "11")),
    ("sus2", ("sus2",)),
    ("sus4", ("sus4", "sus")),
    ("6", ("6", "69", "6/9", "maj6", "M6", "add6")),
    ("7", ("7", "9", "13", "dom7", "alt")),
    ("5", ("5",)),
)


class Chord(msgspec.Struct, frozen=True):
    """A chord: `root` and `bass` are pitch classes (0 = C), `kind` one of KINDS."""

    root: int
    kind: str = ""
    bass: int | None = None

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes of the chord from its root up, a foreign bass last."""
        own = tuple((self.root + step) % 12 for step in KINDS[self.kind])
        return own if self.bass is None or self.bass in own else (*own, self.bass)

    @property
    def lowest(self) -> int:
        """Pitch class that the bass plays."""
        return self.root if self.bass is None else self.bass

    @property
    def name(self) -> str:
        """The symbol, as a musician writes it."""
        bass = "" if self.bass is None or self.bass == self.root else f"/{NAMES[self.bass]}"
        return f"{NAMES[self.root]}{self.kind}{bass}"

    def moved(self, semitones: int) -> "Chord":
        """The chord so many semitones higher."""
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return Chord((self.root + semitones) % 12, self.kind, bass)


class ChordAt(NamedTuple):
    """A chord from a beat on; None is «no chord»."""

    beat: float
    chord: Chord | None


def parse(symbol: str) -> Chord | None:
    """The chord of a symbol like «F#m7b5/C»; None for «N.C.». Raises SettingsError for what is no chord."""
    if symbol.strip() in _SILENT:
        return None
    match = _SYMBOL.fullmatch(symbol)
    if match is None:
        raise SettingsError(f"«{symbol}» is no chord; write it like C, F#m7, Bb7 or G/B, or N.C. for none")
    letter, accidentals, kind, bass, bass_accidentals = match.groups()
    low = None if bass is None else _pitch_class(bass, bass_accidentals)
    root = _pitch_class(letter, accidentals)
    return Chord(root, _kind(kind.strip(), symbol), None if low == root else low)


def _kind(text: str, symbol: str) -> str:
    plain = text.strip("()")
    for kind, spellings in _SPELLINGS:
        if plain in spellings:
            return kind
    # Longer ones (a tension behind the kind) are read by their longest known beginning.
    found = max(
        ((len(word), kind) for kind, words in _SPELLINGS for word in words if word and plain.startswith(word)),
        default=None,
    )
    if found is not None:
        return found[1]
    if plain.startswith("add"):
        return ""
    raise SettingsError(f"«{symbol}» is no chord that is known here; write it like C, F#m7, Bb7 or G/B")


def _pitch_class(letter: str, accidentals: str) -> int:
    return (_LETTERS[letter] + sum(_ACCIDENTALS[sign] for sign in accidentals)) % 12
