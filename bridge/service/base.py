"""The one small interface to a system's way of starting things with a session."""

from enum import StrEnum
from typing import Protocol

import msgspec

LABEL = "org.antiphon.daemon"
"""Our name where names are domains."""
NAME = "antiphon"


class Action(StrEnum):
    """What can be done with the service."""

    INSTALL = "install"
    REMOVE = "remove"
    STATUS = "status"


class State(StrEnum):
    """How the service stands."""

    ABSENT = "not installed"
    WAITING = "installed, not running"
    RUNNING = "installed and running"


class Standing(msgspec.Struct, frozen=True):
    """The state, and what there is to say about it: where it is written down, how to see the log."""

    state: State
    lines: tuple[str, ...] = ()


class Service(Protocol):
    """Starts `antiphon run` with the user's session. Doing a thing twice is doing it once."""

    def install(self) -> list[str]:
        """Write it down and start it; says what was done. Raises ServiceError."""
        ...

    def remove(self) -> list[str]:
        """Stop it and forget it; says what was done. Raises ServiceError."""
        ...

    def status(self) -> Standing:
        """How it stands. Never raises."""
        ...
