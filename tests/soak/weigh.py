"""How much an object holds: the length of every container that can be reached from it."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

OURS = ("bridge.", "tests.")
FLAT = (str, bytes, int, float, bool, type(None))


def containers(root: object, path: str = "") -> dict[str, int]:
    """Attribute path -> items of the containers found there, those in containers added up."""
    found: dict[str, int] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [(path, root)]
    while waiting:
        where, thing = waiting.pop()
        if isinstance(thing, FLAT) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, Mapping | list | tuple | set | frozenset | deque):
            if not isinstance(thing, tuple):
                found[where] = found.get(where, 0) + len(thing)
            waiting += [(f"{where}[]", item) for item in _items(thing)]
        elif type(thing).__module__.startswith(OURS):
            waiting += [(f"{where}.{name}", value) for name, value in _attributes(thing)]
    return found


def _items(thing: Any) -> Iterator[Any]:
    if isinstance(thing, Mapping):
        yield from tuple(thing.keys())
        yield from tuple(thing.values())
    else:
        yield from tuple(thing)


def _attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, msgspec.Struct):
        yield from ((name, getattr(thing, name)) for name in thing.__struct_fields__)
        return
    yield from getattr(thing, "__dict__", {}).items()
    for kind in type(thing).__mro__:
        for name in getattr(kind, "__slots__", ()):
            if hasattr(thing, name):
                yield name, getattr(thing, name)
