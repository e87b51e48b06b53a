"""What can be done from the page: every action of the OSC surface that the daemon has."""

import math
from collections.abc import Callable
from typing import Any

from bridge.errors import OscError
from bridge.osc.server import FURTHEST, Actions


def deeds(actions: Actions) -> dict[str, Callable[..., object]]:
    """The actions by name. Those with an argument raise AntiphonError for what it cannot be."""
    return {
        "play": actions.start,
        "resume": actions.resume,
        "stop": actions.stop,
        "tap": actions.tap_tempo,
        "panic": actions.panic,
        "locate": lambda beat: actions.locate(_number(beat, "a beat of the song", FURTHEST)),
    }


def _number(value: Any, what: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or math.isnan(value):
        raise OscError(f"that is {what}, a number from 0 to {most:g}")
    return float(value)
