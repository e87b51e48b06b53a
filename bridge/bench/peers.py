"""Peers timed beside us in the same run, each in a Python of its own; none is ever a dependency."""

import asyncio
import os
from importlib.resources import files
from pathlib import Path

import msgspec

from bridge.bench.report import Cost, Rival, cost
from bridge.errors import EngineError

PATIENCE = 240.0
"""Seconds that a peer may take; one exports its graphs the first time."""


class Peer(msgspec.Struct, frozen=True):
    """A program to compare with: what is timed of it, and the script beside this one that times it."""

    name: str
    what: str
    script: str
    spans: bool = False
    """Whether what it makes at a time compares with our four beats, and not with our note."""


PEERS = (
    Peer("Notochord", "an event fed and the next sampled, random weights", "notochord_event.py"),
    Peer("ReaLJam", "four beats by ONNX, random weights", "realjam_span.py", spans=True),
)
SPANS = 100
"""For so many notes of ours, one span of a peer's."""


class Times(msgspec.Struct, frozen=True):
    """What a script prints as its last line: milliseconds of each event."""

    wall: list[float]
    cpu: list[float]


async def timed(peer: Peer, python: Path, notes: int) -> Cost:
    """Time a peer with the Python in which it is installed, as thoroughly as so many notes of ours.

    Raises EngineError with what that Python said.
    """
    script = files("bridge.bench").joinpath(peer.script).read_text("utf-8")
    try:
        process = await asyncio.create_subprocess_exec(
            str(python),
            "-c",
            script,
            str(max(notes // SPANS, 2) if peer.spans else notes),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    except OSError as error:
        raise EngineError(f"{peer.name}: {python} cannot be started ({error.strerror or error})") from None
    try:
        out, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        raise EngineError(f"{peer.name} took longer than {PATIENCE:.0f} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = complaints.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise EngineError(f"{peer.name} does not run in {python} ({last[-1]}); pip install it there")
    return read(out)


def read(out: bytes) -> Cost:
    """The figures of what a script printed; lines before the last are its own business. Raises EngineError."""
    lines = out.strip().splitlines() or [b""]
    try:
        times = msgspec.json.decode(lines[-1], type=Times)
    except msgspec.DecodeError:
        raise EngineError("the peer's script printed no figures; is this a version of it that we know?") from None
    return cost(times.wall, times.cpu)


def beside(peer: Peer, theirs: Cost, ours: Cost) -> Rival:
    """A peer's event and how many of our notes it is worth."""
    return Rival(peer.what, theirs, theirs.p50 / max(ours.p50, 1e-9), theirs.cpu_p50 / max(ours.cpu_p50, 1e-9))
