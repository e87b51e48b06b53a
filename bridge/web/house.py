"""What the page and OSCQuery need of the daemon."""

from collections.abc import Callable
from typing import Protocol

from bridge.control.parameters import ParameterTable
from bridge.health.notices import Notices
from bridge.health.status import Status
from bridge.jam.band import Band
from bridge.wire.protocol import FromWire

Watcher = Callable[[FromWire], object]
"""Is told what the wire says, after the band has taken it in."""


class House(Protocol):
    """The daemon, as seen from a browser."""

    @property
    def table(self) -> ParameterTable:
        """The parameters."""
        ...

    @property
    def band(self) -> Band:
        """The band."""
        ...

    @property
    def notices(self) -> Notices:
        """What the user was told."""
        ...

    def do(self, name: str, argument: str | None = None) -> None:
        """Do what an action's name says. Raises AntiphonError."""
        ...

    def ask(self, name: str) -> tuple[str, ...]:
        """What an action's name answers."""
        ...

    def locate(self, beat: float) -> None:
        """Go to a song beat."""
        ...

    def keep(self, bars: int) -> None:
        """Keep the last bars of the band."""
        ...

    def status(self) -> Status:
        """What there is to know."""
        ...

    def press(self, data: bytes) -> None:
        """A MIDI message of the player."""
        ...

    def watch(self, watcher: Watcher | None) -> None:
        """Tell `watcher` what the wire says; None: nobody any more."""
        ...
