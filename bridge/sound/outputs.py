"""Where the sound goes: a JACK port, a sound device, or nowhere."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from bridge.errors import PortError
from bridge.sound.bands import Array
from bridge.sound.idle_out import IdleOut
from bridge.sound.jack_out import JackOut

Pull = Callable[[int], Array]
"""Samples wanted -> [n, 2]; called from the audio system's own thread, and never waits."""
AUTO: Final = "auto"


class Output(Protocol):
    """An open way out. It pulls from its start to its close."""

    name: str
    """"jack", "device" or "none"."""
    rate: int
    latency: float
    """Seconds from being pulled to being heard, as far as the system says."""
    xruns: int
    """Cycles that the system reports as missed."""
    lost: bool
    """Whether the system has gone away."""

    def start(self, pull: Pull) -> None:
        """Begin to pull."""
        ...

    def close(self) -> None:
        """End."""
        ...


def open_output(name: str, tell: Callable[[str], object]) -> Output:
    """The output of that name; for "auto" JACK where a server runs, else a sound device, else none, which is told.

    Raises PortError where one that is named cannot be had.
    """
    if name != AUTO:
        return OUTPUTS[name]()
    reasons = []
    for able in ("jack", "device"):
        try:
            return OUTPUTS[able]()
        except PortError as error:
            reasons.append(str(error))
    tell(f"the texture is not heard: {'; '.join(reasons)}")
    return OUTPUTS["none"]()


def _device() -> Output:
    from bridge.sound.device_out import DeviceOut

    return DeviceOut()


def _idle() -> Output:
    return IdleOut(time.perf_counter)


OUTPUTS: Final[dict[str, Callable[[], Output]]] = {"jack": JackOut, "device": _device, "none": _idle}
"""Name in the settings -> what opens it, or raises PortError."""
