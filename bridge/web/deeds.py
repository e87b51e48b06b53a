"""What can be done from the page: every action of the OSC surface, by its name."""

from typing import Protocol

from bridge.errors import WebError
from bridge.osc.address import ACTIONS
from bridge.osc.server import FURTHEST

NAMES = tuple(action.name for action in ACTIONS if not action.query)
MOST_BARS = 64


class Doer(Protocol):
    """Who does it."""

    def do(self, name: str, argument: str | None = None) -> None:
        """Do what takes no argument, or a text. Raises SettingsError."""
        ...

    def locate(self, beat: float) -> None:
        """Go to a song beat."""
        ...

    def keep(self, bars: int) -> None:
        """Keep the last bars of the band."""
        ...


def act(doer: Doer, name: str, argument: float | str | None) -> None:
    """Do something. Raises AntiphonError for what cannot be done, WebError for what no page of ours asks for."""
    if name not in NAMES:
        raise WebError(f"a page asked for «{name[:40]}», which cannot be done")
    match name:
        case "locate":
            doer.locate(_number(argument, FURTHEST))
        case "keep":
            doer.keep(int(_number(argument, MOST_BARS)))
        case _:
            doer.do(name, None if argument is None else str(argument))


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise WebError(f"a page sent {str(value)[:20]} where a number up to {most:g} goes")
    return float(value)
