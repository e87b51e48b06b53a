"""OSC packets: datagrams to messages and back. Bundles are taken apart here, and their timetags are not waited for."""

import struct
from collections.abc import Iterator

import msgspec
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageError
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.parsing.osc_types import ParseError as TypeError_
from pythonosc.parsing.osc_types import get_string

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
"""Type tags that are understood, and the bytes each takes at least: python-osc would fill up what is missing."""


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
    builder = OscMessageBuilder(message.address)
    for argument in message.arguments:
        match argument:
            case bool() | int():
                number = int(argument)
                builder.add_arg(number, "i" if -(2**31) <= number < 2**31 else "h")
            case float():
                builder.add_arg(argument, "f")
            case str():
                builder.add_arg(argument, "s")
    datagram: bytes = builder.build().dgram
    return datagram


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
    try:
        _, place = get_string(data, 0)
        tags, place = get_string(data, place) if place < len(data) else (",", place)
        if len(tags) > rules.most:
            raise UnreadableError(f"it has {len(tags) - 1} arguments; one is enough")
        unknown = set(tags[1:]) - SIZES.keys()
        if unknown:
            raise UnreadableError(
                f"arguments of type «{min(unknown)}» are not understood; send numbers, words or switches"
            )
        if len(data) % 4 or len(data) - place < sum(SIZES[tag] for tag in tags[1:]):
            raise UnreadableError("it is cut short")
        message = OscMessage(data)
        return Message(message.address, tuple(message.params))
    except (MessageError, TypeError_, ValueError, OverflowError, struct.error) as error:
        raise UnreadableError(f"it is cut short or garbled ({error})") from None
