"""Loose matching of port names: each system calls the same port differently, as does each replugging."""

import re
from collections.abc import Callable, Iterable
from typing import Final

_ADDRESS: Final = re.compile(r"\s+\d+:\d+$")
_INDEX: Final = re.compile(r"\s+\d+$")
_NOT_WORD: Final = re.compile(r"[^\w:]+|_+")
_BRACKETED_NUMBER: Final = re.compile(r"\[\d+\]")
_PAIR: Final = re.compile(r"\((A|B)\)")
_SHORTEST_PART: Final = 3


def plain(name: str) -> str:
    """The name without case and without more than one space in a row."""
    return " ".join(name.casefold().split())


def without_address(name: str) -> str:
    """The name without ALSA's numbers at its end: `Synth:port 128:0` is `synth:port`."""
    return _ADDRESS.sub("", plain(name))


def without_index(name: str) -> str:
    """The name without Windows' number at its end: `X 1` is `x`."""
    return _INDEX.sub("", without_address(name))


def words(name: str) -> str:
    """Letters, digits and colons only, with nothing that a driver or bridge numbers."""
    bare = _BRACKETED_NUMBER.sub(" ", without_index(name))
    return " ".join(_NOT_WORD.sub(" ", bare).split())


def _same(view: Callable[[str], str]) -> Callable[[str, str], bool]:
    """A test for two names that look the same in a view."""
    return lambda wanted, name: view(wanted) == view(name)


def _indexed(wanted: str, name: str) -> bool:
    """Whether the name is the wanted one with a number put after it."""
    return without_address(wanted) == without_index(name)


def _half(wanted: str, name: str) -> bool:
    """Whether one is the client or the port half of the other."""
    a, b = words(wanted), words(name)
    return bool(a and b) and (a in b.split(":", 1) or b in a.split(":", 1))


def _within(wanted: str, name: str) -> bool:
    """Whether the wanted name stands in this one as whole words."""
    part = words(wanted).replace(":", " ")
    return len(part) >= _SHORTEST_PART and f" {part} " in f" {words(name).replace(':', ' ')} "


_LEVELS: Final[tuple[Callable[[str, str], bool], ...]] = (
    lambda wanted, name: wanted == name,
    _same(plain),
    _same(without_address),
    _indexed,
    _same(without_index),
    _same(words),
    _half,
    _within,
)
"""What counts as the same name, strictest first."""


def match(wanted: str, names: Iterable[str]) -> str | None:
    """The name that is most nearly the wanted one, or None; of equals the shortest, then the first."""
    if not words(wanted):
        return None
    offered = tuple(names)
    for alike in _LEVELS:
        found = [name for name in offered if alike(wanted, name)]
        if found:
            return min(found, key=len)
    return None


def other_end(name: str) -> str:
    """The name of a loopback pair's other end ((A) for (B) and back); the name itself where it is no pair."""
    return _PAIR.sub(lambda end: "(B)" if end[1] == "A" else "(A)", name)
