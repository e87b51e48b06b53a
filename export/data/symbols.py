"""Chord symbols as the chord sets write them: with degrees for the bass, or as Roman numerals."""

import re

from bridge.errors import SettingsError
from bridge.music.chord import KINDS, Chord
from bridge.music.key import SCALES, pitch_class

_NUMERALS = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_ROMAN = re.compile(r"([b#]*)(VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)([^/]*)(?:/(.+))?")
_SHORT = {
    "maj": "", "min": "m", "maj7": "maj7", "min7": "m7", "7": "7", "5": "5", "1": "5", "sus4": "sus4",
    "sus2": "sus2",
    "maj6": "6", "min6": "m6", "dim": "dim", "dim7": "dim7", "hdim7": "m7b5", "aug": "aug", "min9": "m7",
    "maj9": "maj7", "9": "7", "11": "7sus4", "13": "7", "min11": "m7", "maj13": "maj7", "min13": "m7",
    "minmaj7": "mmaj7",
}  # fmt: skip
"""Kinds as they are written after a colon."""
_INVERSIONS = {"6": 1, "64": 2, "65": 1, "43": 2, "42": 3}
"""Figures of a bass other than the root: index of the chord's note that is in the bass."""


def colon(text: str) -> Chord | None:
    """The chord of «Ab:min7/b3» (the bass as a degree of the major scale on the root); None for «N».

    Raises SettingsError for what is no chord.
    """
    if text == "N":
        return None
    root, found, rest = text.partition(":")
    kind, _, degree = rest.partition("/")
    plain = kind.partition("(")[0]
    if not found or plain not in _SHORT:
        raise SettingsError(f"«{text}» is no chord written with a colon")
    name = "7sus4" if plain == "sus4" and "(b7" in kind else "m" if plain == "1" and "(b3" in kind else _SHORT[plain]
    name = "m7" if plain == "1" and "(b3,b7" in kind else name
    tonic = pitch_class(root)
    low = _degree(degree)
    return Chord(tonic, name, None if low is None or low == 0 else (tonic + low) % 12)


def _degree(text: str) -> int | None:
    digits = text.lstrip("b#")
    if not digits.isdigit():
        return None
    step = SCALES["major"][(int(digits) - 1) % 7]
    return step + text.count("#") - text.count("b")


def roman(text: str, tonic: int, scale: str = "major") -> Chord:
    """The chord of a Roman numeral such as «V65/ii», «bVIId7» or «iim7», its degrees counted in `scale`.

    Figures of thorough bass give the bass. Raises SettingsError for what is no numeral.
    """
    match = _ROMAN.fullmatch(text)
    if match is None:
        raise SettingsError(f"«{text}» is no Roman numeral")
    signs, numeral, rest, target = match.groups()
    if target is not None:
        tonic, scale = roman(target, tonic, scale).root, "major"
    steps = SCALES["major"] if signs else SCALES[scale]
    root = (tonic + steps[_NUMERALS[numeral.upper()]] + signs.count("#") - signs.count("b")) % 12
    figures = re.sub(r"\D", "", rest) if not rest.startswith(("s", "b", "add")) else ""
    kind = _roman_kind(numeral, rest, figures)
    tone = _INVERSIONS.get(figures) if not rest.startswith(("m", "M", "6")) or rest in _INVERSIONS else None
    tones = KINDS[kind]
    return Chord(root, kind, (root + tones[tone]) % 12 if tone is not None and tone < len(tones) else None)


def _roman_kind(numeral: str, rest: str, figures: str) -> str:
    minor = numeral.islower()
    seventh = figures in ("7", "65", "43", "42", "9")
    plain = {
        "": "m" if minor else "", "m": "m", "M": "", "dom7": "7", "dim": "dim", "m7": "m7", "M7": "maj7", "m6": "m6",
        "m9": "m7", "sus2": "sus2", "sus4": "sus4", "s4": "sus4", "a": "aug", "5": "5", "69": "m6" if minor else "6",
        "add9": "m" if minor else "", "madd9": "m", "b5": "dim", "11": "7sus4", "M6": "6",
    }  # fmt: skip
    if rest in plain:
        return plain[rest]
    marks = {"d": "7", "x": "dim7", "h": "m7b5", "o": "dim7" if seventh else "dim", "a": "aug"}
    if rest[:1] in marks:
        return marks[rest[0]]
    if seventh:
        return "m7" if minor else "7" if numeral == "V" else "maj7"
    return "m" if minor else ""
