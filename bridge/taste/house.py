"""What taste needs of the daemon."""

from typing import Protocol

from bridge.control.console import Console
from bridge.control.parameters import ParameterTable
from bridge.jam.band import Band


class House(Protocol):
    """The daemon, as seen from here."""

    @property
    def table(self) -> ParameterTable:
        """The parameters."""
        ...

    @property
    def band(self) -> Band:
        """The band."""
        ...

    @property
    def console(self) -> Console:
        """Presets, and what can be done by name."""
        ...

    @property
    def tell(self) -> "Tell":
        """Tells the user a line."""
        ...


class Tell(Protocol):
    """Tells the user something."""

    def __call__(self, text: str) -> object:
        """Tell a line."""
        ...
