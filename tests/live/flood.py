"""A flood of OSC from a process of its own: valid, broken and hostile, ten thousand messages a second.

`python flood.py PORT SECONDS RATE` prints how many datagrams it has sent.
"""

import random
import socket
import struct
import sys
import time
from collections.abc import Callable

BUNDLE = b"#bundle\0" + b"\0" * 7 + b"\x01"


def text(word: str) -> bytes:
    data = word.encode() + b"\0"
    return data + b"\0" * (-len(data) % 4)


def message(address: str, tags: str = "", *values: float) -> bytes:
    body = b"".join(struct.pack(">f" if tag == "f" else ">i", value) for tag, value in zip(tags, values, strict=False))
    return text(address) + text("," + tags) + body


def bundle(*elements: bytes) -> bytes:
    return BUNDLE + b"".join(struct.pack(">i", len(element)) + element for element in elements)


def nested(depth: int) -> bytes:
    inner = message("/antiphon/density", "f", 1.0)
    for _ in range(depth):
        inner = bundle(inner)
    return inner


def kinds(chance: random.Random) -> list[tuple[Callable[[], bytes], int]]:
    """What is sent, and how often against the others."""
    knob = message("/antiphon/temperature", "f", 0.9)
    big = bundle(*[knob] * 400)
    blob = text("/antiphon/tempo") + text(",b") + struct.pack(">i", 60_000) + b"x" * 60_000
    deep = [nested(depth) for depth in (7, 9, 200)]
    tags = text("/antiphon/tempo") + text("," + "i" * 4000) + b"\0" * 16_000
    return [
        (lambda: message("/antiphon/temperature", "f", chance.uniform(0.1, 2.0)), 40),
        (lambda: message("/antiphon/velocity_follow", "f", chance.random()), 10),
        (lambda: message("/antiphon/voice/lead/level", "f", chance.random()), 10),
        (lambda: message("/antiphon/patience", "f", chance.uniform(0.5, 2.0)), 5),
        (lambda: message("/antiphon/tempo", "f", float("nan")), 4),
        (lambda: message("/antiphon/mode", "i", 77), 4),
        (lambda: text("/antiphon/tempo") + text(",s") + text("fast"), 4),
        (lambda: message(f"/nobody/{chance.randrange(10_000)}", "f", 1.0), 8),
        (lambda: chance.randbytes(chance.randrange(1, 200)), 6),
        (lambda: message("/antiphon/refresh"), 2),
        (lambda: message("/antiphon/status"), 2),
        (lambda: big, 1),
        (lambda: chance.choice(deep), 2),
        (lambda: blob, 1),
        (lambda: tags, 1),
    ]


def main(port: int, seconds: float, rate: float) -> None:
    """Send, in bursts of a hundredth of a second."""
    chance = random.Random(1)
    makers, weights = zip(*kinds(chance), strict=True)
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(8)]
    ready = [make() for make in chance.choices(makers, weights, k=20_000)]
    began, sent = time.monotonic(), 0
    while (spent := time.monotonic() - began) < seconds:
        while sent < spent * rate:
            sockets[sent % 8].sendto(ready[sent % len(ready)], ("127.0.0.1", port))
            sent += 1
        time.sleep(0.002)
    print(sent)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
