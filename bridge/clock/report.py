"""What there is to show of the clocks, beside the tempo map that everybody plays by."""

import msgspec


class ClockReport(msgspec.Struct, frozen=True):
    """Tempo to show, Link's company, and the clock that plays too but disagrees."""

    bpm: float = 0.0
    """The master's tempo as one would write it down; 0 before anything is known."""
    peers: int = -1
    """Others in the Link session; -1 while Link is off."""
    rival: str = ""
    """The clock that disagrees with the master; empty where all agree."""
    rival_ms: float = 0.0
    """How far its beat comes before the master's; 0 where its tempo is another."""
    rival_bpm: float = 0.0
