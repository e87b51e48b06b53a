"""The programs that there is an adapter for, one row each."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.daw.ableton import AbletonLane
from bridge.daw.ardour import ArdourLane
from bridge.daw.base import Ears, Lane
from bridge.daw.bitwig import BitwigLane
from bridge.daw.null import NullLane
from bridge.daw.osc_lane import OscLane
from bridge.daw.reaper import ReaperLane


class Known(msgspec.Struct, frozen=True):
    """An adapter, how one is made, and what a user has to click before it can work."""

    lane: type[OscLane]
    make: Callable[[Ears, int, int, Path], OscLane]
    click: str
    page: str
    """Its recipe in the documents."""


DAWS: dict[str, Known] = {
    "ableton": Known(
        AbletonLane,
        lambda ears, send, listen, _: AbletonLane(ears, send, listen),
        "copy AbletonOSC into Remote Scripts of Live's User Library, start Live anew, and choose AbletonOSC as a "
        "control surface (Settings, Link/Tempo/MIDI)",
        "docs/daw/ableton.md",
    ),
    "ardour": Known(
        ArdourLane,
        lambda ears, send, listen, _: ArdourLane(ears, send, listen),
        "Edit, Preferences, Control Surfaces: switch on Open Sound Control (OSC)",
        "docs/daw/ardour.md",
    ),
    "bitwig": Known(
        BitwigLane,
        lambda ears, send, listen, inbox: BitwigLane(ears, send, listen, inbox=inbox),
        "install DrivenByMoss, then Settings, Controllers, Add, Open Sound Control; receive port 8000, send to "
        "127.0.0.1 port 9000",
        "docs/daw/bitwig.md",
    ),
    "reaper": Known(
        ReaperLane,
        lambda ears, send, listen, inbox: ReaperLane(ears, send, listen, inbox=inbox),
        "`antiphon daw --files FOLDER` makes the files; then Preferences, Control/OSC/web, Add, OSC: pattern Antiphon, "
        "device port 9000, local listen port 8000",
        "docs/daw/reaper.md",
    ),
}
"""In the order in which they are looked for: Bitwig before REAPER, which has the same ports but not its words."""


def make(name: str, ears: Ears, inbox: Path, send: int = 0, listen: int = 0) -> Lane:
    """The lane of that name; a port of 0 is the program's usual one."""
    known = DAWS.get(name)
    if known is None:
        return NullLane()
    usual = known.lane.ports
    return known.make(ears, send or usual[0], listen or usual[1], inbox)
