"""ONNX files written by hand, field by field, for tests of what reads them."""

from collections.abc import Sequence


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(body)) + body


def entry(key: str, value: str) -> bytes:
    """A key and its value among a tensor's `external_data`."""
    return message(13, message(1, key.encode()), message(2, value.encode()))


def tensor(dims: Sequence[int], kind: int = 1, packed: bool = False, **external: str) -> bytes:
    """The body of a tensor: its axes, its data type, and where it lies outside."""
    axes = message(1, *map(varint, dims)) if packed else b"".join(number(1, axis) for axis in dims)
    outside = [entry(key, value) for key, value in external.items()]
    return axes + number(2, kind) + b"".join(outside) + (number(14, 1) if outside else b"")


def model(*initialisers: bytes) -> bytes:
    """A whole file: its version, and a graph with these initialisers."""
    return number(1, 8) + message(7, *(message(5, body) for body in initialisers))


def in_branch(body: bytes, depth: int = 1) -> bytes:
    """A whole file with a tensor in an attribute of a node of a graph, which lies as deep in others."""
    graph = message(1, message(5, message(5, body)))
    for _ in range(depth):
        graph = message(1, message(5, message(6, graph)))
    return number(1, 8) + message(7, graph)
