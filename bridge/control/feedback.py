"""Feedback: lights and motors show where a value is, whoever changed it, but for the control that did."""

from collections.abc import Callable, Iterable

from bridge.control.binding import Binding
from bridge.control.control import Control, Turn, Way
from bridge.control.parameters import Change, ParameterTable
from bridge.errors import SettingsError

TOUCHED = 0.05
"""Seconds after which a control that says what it was told says it of its own accord."""
DUMB = frozenset((Way.PROGRAM, Way.KEY_PRESSURE, Way.PRESSURE))
"""Ways in which nothing can be shown."""


class Feedback:
    """Gathers what is to be shown; `send` gets it at `flush`, as the messages by which each control speaks."""

    def __init__(self, table: ParameterTable, send: Callable[[tuple[bytes, ...]], object]) -> None:
        self._table = table
        self._send = send
        self._bindings: dict[str, list[Binding]] = {}
        self._stale: dict[Binding, None] = {}
        self._told: dict[Control, tuple[int, float]] = {}

    def follow(self, bindings: Iterable[Binding]) -> None:
        """From now on these are what can be shown."""
        self._bindings = {}
        for binding in bindings:
            # An encoder that sends steps may have a ring of lights, which shows a place all the same.
            if binding.control.way not in DUMB:
                self._bindings.setdefault(binding.target, []).append(binding)
        self._stale.clear()

    def changed(self, change: Change, sender: str) -> None:
        """A value has changed; `sender` is the name of the control that did it, if one did."""
        for binding in self._bindings.get(change.place.path, ()):
            if str(binding.control) == sender:
                self._told.pop(binding.control, None)
                self._stale.pop(binding, None)
            else:
                self._stale[binding] = None

    def tell(self, bindings: Iterable[Binding]) -> None:
        """Show these anew."""
        self._stale |= dict.fromkeys(b for b in bindings if b in self._bindings.get(b.target, ()))

    def flush(self, time: float) -> None:
        """Send what is to be shown."""
        stale, self._stale = self._stale, {}
        messages: list[bytes] = []
        for binding in stale:
            value = self._value(binding)
            if value is not None:
                self._told[binding.control] = value, time
                messages += binding.control.say(value)
        if messages:
            self._send(tuple(messages))

    def echoes(self, turn: Turn) -> bool:
        """Whether a control only says again what it was just told."""
        value, time = self._told.get(turn.control, (-1, float("-inf")))
        return value == turn.value and turn.time - time <= TOUCHED

    def _value(self, binding: Binding) -> int | None:
        try:
            place = self._table.place(binding.target)
        except SettingsError:
            return None  # an action, or a knob of a pack that is not there
        part = binding.part(place.parameter, place.parameter.position(self._table.get(place.path)))
        return round(part * (binding.control.steps - 1))
