"""Bar lines out of ABC notation: how many beats of music lie before each."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

_FIELD = re.compile(r"([A-Za-z]):\s*(.*)")
_INLINE = re.compile(r"\[([A-Z]):\s*([^\]]*)\]")
_WORD = re.compile(
    r'"[^"]*"|\{[^}]*\}|![^!]*!|\[[A-Z]:[^\]]*\]|\((?P<tuplet>\d)(?::\d?){0,2}'
    r"|[_^=]*[A-Ga-gxyzZ][,']*\d*/*\d*|:*\|[\]:|]*|:+|\[\d|\[|\]\d*/*\d*|>+|<+|."
)
_NOTE = re.compile(r"[_^=]*[A-Ga-gxz][,']*(\d*)(/*)(\d*)")
_TUPLETS = {2: Fraction(3, 2), 3: Fraction(2, 3), 4: Fraction(3, 4), 6: Fraction(1, 3), 8: Fraction(3, 8)}
"""How much shorter (or longer) the notes of a tuplet are."""


class Ruled(NamedTuple):
    """A tune's bar lines and its end, in beats from its first note (repeats not played)."""

    lines: list[Fraction]
    end: Fraction


def tunes(text: str) -> Iterator[tuple[str, str]]:
    """(id, ABC text) of a collection in which «% id NAME» stands before each tune."""
    for block in re.split(r"(?m)^% id ", text)[1:]:
        name, _, rest = block.partition("\n")
        yield name.strip(), rest


def rule_abc(text: str) -> Ruled:
    """The bar lines of a tune's first voice.

    A repeat sign in the middle of a bar (a short bar whose rest is the pick-up of what follows) is no bar line.
    """
    length, meter, words = _body(text)
    lines, end = _measure(words, length)
    return Ruled(_joined(lines, meter), end)


def _body(text: str) -> tuple[Fraction, Fraction | None, list[str]]:
    """Unit length in beats, bar in beats (None for none), and the words of the first voice."""
    unit, meter, first = Fraction(1, 8), None, None
    words: list[str] = []
    sounding = in_tune = True
    for row in text.splitlines():
        line = row.partition("%")[0].strip()
        field = _FIELD.fullmatch(line)
        if field is not None and not line.startswith("["):
            name, value = field.groups()
            if name == "L":
                above, _, below = value.strip().partition("/")
                unit = Fraction(int(above), int(below.split()[0]) if below else 1)
            elif name == "M" and meter is None:
                meter = _bar(value)
            elif name == "V":
                sounding, first = _voice(value, first)
            elif name == "K":
                in_tune = True
            continue
        inline = _INLINE.match(line)
        if inline is not None and inline[1] == "V":
            sounding, first = _voice(inline[2], first)
        if in_tune and sounding and line:
            words += [match[0] for match in _WORD.finditer(line)]
    return unit * 4, meter, words


def _voice(value: str, first: str | None) -> tuple[bool, str]:
    name = value.split(maxsplit=1)[0] if value.split() else ""
    first = name if first is None else first
    return name == first, first


def _bar(value: str) -> Fraction | None:
    plain = {"C": "4/4", "C|": "2/2"}.get(value.strip(), value.strip())
    found = re.match(r"(\d+)/(\d+)", plain)
    return Fraction(int(found[1]) * 4, int(found[2])) if found else None


def _measure(words: list[str], unit: Fraction) -> tuple[list[Fraction], Fraction]:
    at = Fraction(0)
    lines: list[Fraction] = []
    factor, left, pending = Fraction(1), 0, Fraction(1)
    before, chord = Fraction(0), None
    in_chord = False
    for word in words:
        note = _NOTE.fullmatch(word)
        if note is not None:
            long = _length(*note.groups()) * unit * pending * (factor if left else 1)
            if in_chord:
                chord = long if chord is None else chord
                continue
            left, pending, before = max(0, left - 1), Fraction(1), long
            at += long
        elif word[0] == "(" and len(word) > 1:
            left = int(word[1])
            factor = _TUPLETS.get(left, Fraction(1))
        elif word == "[":
            in_chord, chord = True, None
        elif word[0] == "]" and in_chord:
            times = _NOTE.fullmatch("C" + word[1:])
            before = (chord or Fraction(0)) * (_length(*times.groups()) if times else 1)
            in_chord, left, pending = False, max(0, left - 1), Fraction(1)
            at += before
        elif word[0] == ">":
            at, pending = at + before * (1 - Fraction(1, 2 ** len(word))), Fraction(1, 2 ** len(word))
        elif word[0] == "<":
            at, pending = at - before * (1 - Fraction(1, 2 ** len(word))), 2 - Fraction(1, 2 ** len(word))
        elif ("|" in word or "::" in word) and (not lines or lines[-1] != at):
            lines.append(at)
    return lines, at


def _length(number: str, strokes: str, divisor: str) -> Fraction:
    length = Fraction(int(number) if number else 1)
    if strokes:
        length /= int(divisor) if divisor else 2 ** len(strokes)
    return length


def _joined(lines: list[Fraction], meter: Fraction | None) -> list[Fraction]:
    if meter is None:
        return lines
    kept: list[Fraction] = []
    for index, line in enumerate(lines):
        begun = kept[-1] if kept else Fraction(0)
        after = lines[index + 1] if index + 1 < len(lines) else None
        if kept and after is not None and line - begun < meter and after - begun == meter:
            continue
        kept.append(line)
    return kept
