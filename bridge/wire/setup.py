"""What the desk tells a wire at its start."""

import msgspec

from bridge.midi.ports import CLIENT
from bridge.music.meter import Meter


class Setup(msgspec.Struct, frozen=True):
    """Which MIDI system to use, where the ledger lies, and the internal clock's first tempo."""

    system: str = "auto"
    client: str = CLIENT
    """The name under which our ports are seen on JACK."""
    one_port: bool = False
    """One out port with a channel a voice, instead of a port a voice."""
    opens: dict[str, tuple[str, ...]] = {}
    """Our port -> loose names of existing ports to open for it, in order of preference (not on JACK)."""
    controls: int = 1
    """Ports for controllers."""
    ledger: str = ""
    bpm: float = 120.0
    meter: Meter = Meter()
