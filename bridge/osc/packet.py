"""OSC packets: datagrams to messages and back. Bundles are taken apart here, and their timetags are not waited for."""

import math
import struct
from collections.abc import Iterator

import msgspec

from bridge.errors import OscError

Argument = float | int | bool | str

BUNDLE = b"#bundle\0"
HEAD = len(BUNDLE) + 8
"""Bytes before a bundle's first element: the word and a timetag."""
DEEPEST = 8
"""Bundles within bundles; nobody nests deeper but to do harm."""
MOST = 64
"""Type tags of a message; nobody sends more but to do harm."""
SIZES = {"i": 4, "f": 4, "d": 8, "h": 8, "s": 4, "T": 0, "F": 0}
"""Type tags that are understood, and the bytes each takes at least."""
NUMBERS = {tag: struct.Struct(f">{code}") for tag, code in (("i", "i"), ("f", "f"), ("d", "d"), ("h", "q"))}
SWITCHES = {"T": True, "F": False}
LARGEST = 3.4028234663852886e38
"""The largest number that 32 bits hold."""


class UnreadableError(OscError):
    """A datagram that is no OSC, or not of a kind that is understood."""


class Message(msgspec.Struct, frozen=True):
    """An address and its arguments."""

    address: str
    arguments: tuple[Argument, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """What is read: the beginnings that an address may have, and the most arguments."""

    starts: tuple[bytes, ...] = (b"/",)
    most: int = MOST


OURS = Rules()


class Head(msgspec.Struct, frozen=True):
    """How a message begins: its address, and whether arguments follow."""

    address: str
    arguments: bool


def head(datagram: bytes) -> Head | None:
    """The beginning of a single message, at next to no cost; None where it is no message."""
    end = datagram.find(b"\0")
    if end < 1 or not datagram.startswith(b"/"):
        return None
    tags = (end // 4 + 1) * 4
    return Head(datagram[:end].decode("ascii", "replace"), datagram[tags + 1 : tags + 2] not in (b"", b"\0"))


def read(datagram: bytes, rules: Rules = OURS) -> Iterator[Message]:
    """The messages of a datagram in their order, those of nested bundles included.

    Raises UnreadableError where it is broken; what comes before is still given.
    """
    return (_message(element, rules) for element in elements(datagram))


def elements(datagram: bytes) -> Iterator[bytes]:
    """The single messages of a datagram, none of them read yet. Raises UnreadableError as `read` does."""
    return _elements(datagram, 0)


def write(message: Message) -> bytes:
    """The datagram of a message: numbers in 32 bits where they fit, switches as 0 and 1."""
    tags, body = ",", b""
    for argument in message.arguments:
        match argument:
            case bool() | int():
                number = int(argument)
                tag = "i" if -(2**31) <= number < 2**31 else "h"
                tags, body = tags + tag, body + NUMBERS[tag].pack(number)
            case float():
                tags, body = tags + "f", body + NUMBERS["f"].pack(_narrowed(argument))
            case str():
                tags, body = tags + "s", body + _padded(argument)
    return _padded(message.address) + _padded(tags) + body


def _narrowed(value: float) -> float:
    """A number that 32 bits can hold: what is too large for them is infinite."""
    return math.copysign(math.inf, value) if LARGEST < abs(value) < math.inf else value


def _padded(text: str) -> bytes:
    data = text.encode("utf-8", "replace") + b"\0"
    return data + b"\0" * (-len(data) % 4)


def _elements(data: bytes, depth: int) -> Iterator[bytes]:
    if not data.startswith(BUNDLE):
        yield data
        return
    if depth >= DEEPEST:
        raise UnreadableError(f"bundles are nested more than {DEEPEST} deep")
    place = HEAD
    if len(data) < HEAD:
        raise UnreadableError("a bundle ends within its timetag")
    while place < len(data):
        size = int.from_bytes(data[place : place + 4], "big", signed=True)
        element = data[place + 4 : place + 4 + max(size, 0)]
        if size <= 0 or size % 4 or len(element) < size:
            raise UnreadableError(f"an element of a bundle claims {size} bytes, but {len(data) - place - 4} follow")
        yield from _elements(element, depth + 1)
        place += 4 + size


def _message(data: bytes, rules: Rules) -> Message:
    if not data.startswith(rules.starts):
        raise UnreadableError("it begins with neither an address nor a bundle")
    address, place = _string(data, 0)
    tags, place = _string(data, place) if place < len(data) else (",", place)
    tags = tags.removeprefix(",")
    if len(tags) >= rules.most:
        raise UnreadableError(f"it has {len(tags)} arguments; one is enough")
    unknown = set(tags) - SIZES.keys()
    if unknown:
        what = f"arguments of type «{min(unknown)}» are not understood"
        raise UnreadableError(f"{what}; send numbers, words or switches")
    if len(data) % 4 or len(data) - place < sum(SIZES[tag] for tag in tags):
        raise UnreadableError("it is cut short")
    arguments: list[Argument] = []
    for tag in tags:
        if tag in SWITCHES:
            arguments.append(SWITCHES[tag])
        elif tag == "s":
            text, place = _string(data, place)
            arguments.append(text)
        elif len(data) - place < SIZES[tag]:
            raise UnreadableError("it is cut short")
        else:
            arguments += NUMBERS[tag].unpack_from(data, place)
            place += SIZES[tag]
    return Message(address, tuple(arguments))


def _string(data: bytes, start: int) -> tuple[str, int]:
    """The text at a place, and the place behind it."""
    end = data.find(b"\0", start)
    if end < 0:
        raise UnreadableError("it is cut short")
    try:
        return data[start:end].decode(), end + 4 - (end - start) % 4
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is garbled ({error.reason})") from None
