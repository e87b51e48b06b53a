"""What an ONNX file says of itself, read without loading it: which files it draws on, and how much it claims.

A protobuf message is walked by the field numbers of onnx.proto, through every place where a tensor can be; weights are
stepped over. So a pack's graph is judged before ONNX Runtime allocates or opens anything for it.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.errors import PackError

MOST_FIELDS = 2_000_000
"""Fields that are walked through; ours have a few thousand."""
DEEPEST = 96
"""Messages within messages; a graph within a graph is three."""
MOST_AXES = 64
BITS = {1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 8: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128}
"""Bits of an element by its ONNX data type; of those not here, a byte is assumed."""

MODEL, GRAPH, NODE, ATTRIBUTE, SPARSE, FUNCTION, TRAINING, TENSOR = range(8)
PARTS: dict[int, dict[int, int]] = {
    MODEL: {7: GRAPH, 20: TRAINING, 25: FUNCTION},
    GRAPH: {1: NODE, 5: TENSOR, 15: SPARSE},
    NODE: {5: ATTRIBUTE},
    ATTRIBUTE: {5: TENSOR, 6: GRAPH, 10: TENSOR, 11: GRAPH, 22: SPARSE, 23: SPARSE},
    SPARSE: {1: TENSOR, 2: TENSOR},
    FUNCTION: {7: NODE, 11: ATTRIBUTE},
    TRAINING: {1: GRAPH, 2: GRAPH},
}
"""Message -> the number of each field that is a message to look into -> what that is."""
DIMS, DATA_TYPE, EXTERNAL_DATA, DATA_LOCATION = 1, 2, 13, 14
"""Field numbers of a tensor."""

View = memoryview
Field = tuple[int, int | View]


class External(msgspec.Struct, frozen=True):
    """Weights that lie in another file: its location as the graph names it, and the last byte that is read of it."""

    location: str
    end: int


class Outline(msgspec.Struct, frozen=True):
    """The files that a graph draws on, and the bytes of the largest tensor that it claims to hold."""

    external: tuple[External, ...] = ()
    largest: int = 0


def outline(path: Path) -> Outline:
    """Look through an ONNX file. Raises PackError where it is none, or is built to take for ever."""
    try:
        with path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _walk(memoryview(whole))
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise PackError(f"{path.parent.name}: {path.name} is no ONNX file ({error}); get the pack again") from None


def _walk(whole: View) -> Outline:
    external: list[External] = []
    largest = seen = 0
    todo = [(MODEL, whole, 0)]
    while todo:
        kind, view, depth = todo.pop()
        if depth > DEEPEST:
            raise ValueError(f"messages within messages, more than {DEEPEST} deep")
        if kind == TENSOR:
            size, outside, fields = _tensor(view)
            seen += fields
            largest = max(largest, size)
            external += outside
        else:
            parts = PARTS[kind]
            for number, value in _fields(view):
                seen += 1
                if seen > MOST_FIELDS:
                    break
                if number in parts and isinstance(value, memoryview):
                    todo.append((parts[number], value, depth + 1))
        if seen > MOST_FIELDS:
            raise ValueError(f"more than {MOST_FIELDS} fields")
    return Outline(tuple(external), largest)


def _tensor(view: View) -> tuple[int, list[External], int]:
    """Bytes that a tensor claims, the file it lies in if it does not lie here, and the number of its fields."""
    elements, bits, outside, seen, axes = 1, 8, False, 0, 0
    entries: dict[str, str] = {}
    for number, value in _fields(view):
        seen += 1
        if seen > MOST_FIELDS:
            break
        if number == DIMS:
            for axis in [value] if isinstance(value, int) else _packed(value):
                elements *= axis if axis < 1 << 63 else 1  # a negative axis is ONNX Runtime's to refuse
                axes += 1
                if axes > MOST_AXES:
                    raise ValueError(f"a tensor of more than {MOST_AXES} axes")
        elif number == DATA_TYPE and isinstance(value, int):
            bits = BITS.get(value, 8)
        elif number == DATA_LOCATION:
            outside = outside or value == 1
        elif number == EXTERNAL_DATA and isinstance(value, memoryview):
            outside = True
            pair = {key: bytes(text).decode() for key, text in _fields(value) if isinstance(text, memoryview)}
            entries[pair.get(1, "")] = pair.get(2, "")
    size = elements * bits // 8
    if not outside:
        return size, [], seen
    offset, length = int(entries.get("offset") or 0), int(entries.get("length") or 0)
    if offset < 0 or length < 0:
        raise ValueError("weights that lie before the start of their file")
    return size, [External(entries.get("location", ""), offset + max(length, size))], seen


def _packed(view: View) -> Iterator[int]:
    at = 0
    while at < len(view):
        value, at = _varint(view, at)
        yield value


def _fields(view: View) -> Iterator[Field]:
    """Numbers and values of a message's fields; numbers of fixed width are stepped over. Raises ValueError."""
    at, end = 0, len(view)
    while at < end:
        key, at = _varint(view, at)
        match key & 7:
            case 0:
                value, at = _varint(view, at)
                yield key >> 3, value
            case 1:
                at += 8
            case 2:
                length, at = _varint(view, at)
                if length > end - at:
                    raise ValueError("a field is cut short")
                yield key >> 3, view[at : at + length]
                at += length
            case 5:
                at += 4
            case kind:
                raise ValueError(f"a field of wire type {kind}")
    if at > end:
        raise ValueError("a field is cut short")


def _varint(view: View, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
