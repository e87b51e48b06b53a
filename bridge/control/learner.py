"""Learning: arm a target, move a control, and the two belong together."""

import msgspec

from bridge.control.binding import Binding, Button, button_of
from bridge.control.control import LOW_HALVES, Control, Turn, Way
from bridge.control.encoder import doubtful, recognise
from bridge.control.parameter import Kind

PATIENCE = 30.0
"""Seconds after which an armed target gives up waiting."""
MOVED = 3
"""Values by which a control counts as moved, and not as trembling."""
SURE = 8
"""Values after which an encoder that went one way only is taken as going up."""
PRESSED = 127
AT_ONCE = frozenset((Way.NOTE, Way.PROGRAM))


class Armed(msgspec.Struct, frozen=True):
    """A target that waits for its control; `kind` is None for an action."""

    target: str
    kind: Kind | None
    since: float


class Learner:
    """Knows what is armed, and what has been heard since. Time is passed in, in seconds."""

    def __init__(self) -> None:
        self.armed: Armed | None = None
        self._heard: dict[Control, list[int]] = {}

    def arm(self, target: str, kind: Kind | None, time: float) -> None:
        """Wait for a control for this target, and no other."""
        self.armed = Armed(target, kind, time)
        self._heard.clear()

    def cancel(self) -> str:
        """Give up; returns the target that was armed, or nothing."""
        armed, self.armed = self.armed, None
        self._heard.clear()
        return "" if armed is None else armed.target

    def late(self, time: float) -> bool:
        """Whether what is armed has waited too long."""
        return self.armed is not None and time - self.armed.since >= PATIENCE

    def hear(self, turn: Turn) -> Binding | None:
        """A control was moved: the binding, as soon as it is clear what it is."""
        armed = self.armed
        if armed is None:
            return None
        values = self._heard.setdefault(turn.control, [])
        if not values and turn.value == 0 and turn.control.way in (Way.NOTE, Way.PRESSURE, Way.KEY_PRESSURE):
            del self._heard[turn.control]  # let go, not moved
            return None
        values.append(turn.value)
        binding = self._made(turn.control, values, armed)
        if binding is not None:
            self.cancel()
        return binding

    def _made(self, control: Control, values: list[int], armed: Armed) -> Binding | None:
        if control.way in AT_ONCE:
            return Binding(control=control, target=armed.target, button=button_of(control, armed.kind))
        if control.way is Way.CC:
            return self._controller(control, values, armed)
        return Binding(control=control, target=armed.target) if len(set(values)) >= MOVED else None

    def _controller(self, control: Control, values: list[int], armed: Armed) -> Binding | None:
        pair = self._pair(control)
        if armed.kind is None and values[-1] == PRESSED:
            return Binding(control=control, target=armed.target)
        if set(values) == {0, PRESSED}:
            return Binding(control=control, target=armed.target, button=Button.TOGGLE)
        if pair is None:
            encoder = recognise(values, control.number)
            one_way = len({encoder.steps(value) > 0 for value in values}) == 1 if encoder else False
            if encoder is not None and (len(values) >= SURE or not one_way):
                return Binding(control=control, target=armed.target, encoder=encoder, smoothing_ms=0.0)
            if encoder is not None or (doubtful(values) and len(values) < SURE):
                return None
        if len(set(values)) < MOVED:
            return None
        if pair is None:
            return Binding(control=control, target=armed.target)
        return None if control.number >= LOW_HALVES else Binding(control=pair, target=armed.target)

    def _pair(self, control: Control) -> Control | None:
        """The pair of 14 bits that this controller was seen to be half of."""
        if control.number >= 2 * LOW_HALVES:
            return None
        pair = Control(Way.CC14, control.channel, control.number % LOW_HALVES)
        return pair if pair in self._heard else None
