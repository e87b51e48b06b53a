"""The XY pad: two parameters under one finger, which `xy_x` and `xy_y` name."""

from collections.abc import Callable, Sequence

import msgspec

from bridge.control.glide import Glides
from bridge.control.hands import SMOOTH, TICK, Later
from bridge.control.parameters import ParameterTable, Place
from bridge.control.pedals import numbers
from bridge.control.rows import XY_X, XY_Y
from bridge.errors import SettingsError

AUTO = "auto"
FIRST = ("temperature", "density")
"""What the pad turns where no pack has knobs of its own."""
SMOOTHING = 0.03
"""Seconds in which a value comes a good part of its way to the finger."""
SOURCE = "xy"
"""How changes made here are signed in the parameter table."""


class XYPad:
    """Moves two values smoothly. `own` names the packs' knobs, the default pack's first; `later` calls back."""

    def __init__(
        self,
        table: ParameterTable,
        own: Callable[[], Sequence[str]],
        later: Later,
        now: Callable[[], float],
    ) -> None:
        self._table = table
        self._own = own
        self._later = later
        self._now = now
        self._glides = Glides()
        self._gliding = False
        self.fit()

    def fit(self) -> None:
        """Parameters have come or gone: see anew what there is to choose from."""
        choices = (AUTO, *(place.path for place in self._table if place.parameter.kind in SMOOTH))
        for name in (XY_X, XY_Y):
            self._table.fit(msgspec.structs.replace(self._table.place(name).parameter, choices=choices))

    @property
    def axes(self) -> tuple[Place, Place]:
        """What the pad turns now, from left to right and from bottom to top."""
        own = [*self._own()[:2], *FIRST]
        chosen = (str(self._table.get(name)) for name in (XY_X, XY_Y))
        x, y = (own[index] if name == AUTO else name for index, name in enumerate(chosen))
        return self._table.place(x), self._table.place(y)

    def move(self, argument: str) -> None:
        """Move to a place, given as two numbers from 0 to 1. Raises SettingsError."""
        for place, goal in zip(self.axes, numbers(argument, 2), strict=True):
            at = place.parameter.position(self._table.get(place.path))
            self._glides.aim(place.path, at, min(max(goal, 0.0), 1.0), SMOOTHING, SOURCE, self._now())
        if not self._gliding:
            self._glide()

    def _glide(self) -> None:
        for step in self._glides.step(self._now()):
            try:
                place = self._table.place(step.path)
                self._table.set(step.path, place.parameter.natural(step.place), source=step.source)
            except SettingsError:
                self._glides.stop(step.path)  # its pack has gone meanwhile
        self._gliding = bool(self._glides)
        if self._gliding:
            self._later(TICK, self._glide)
