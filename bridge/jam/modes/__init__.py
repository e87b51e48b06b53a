"""The ways of playing together, one module each."""

from bridge.jam.floor import Mode
from bridge.jam.modes.continue_ import Continue
from bridge.jam.modes.trade import Trade

MODES: dict[str, Mode] = {mode.name: mode for mode in (Continue(), Trade())}
