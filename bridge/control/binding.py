"""A binding: which control turns which parameter, or does which thing, and how."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from bridge.control.control import Control, Way, read_control
from bridge.control.encoder import Encoder
from bridge.control.parameter import Kind, Parameter, Value
from bridge.control.takeover import Takeover
from bridge.errors import SettingsError

SMOOTHING_MS = 20.0
"""Time constant of a binding that says nothing else."""
STEP = 0.01
"""Part of the way that an encoder goes at a step."""


class Button(StrEnum):
    """What a press does to a parameter."""

    TOGGLE = "toggle"
    """One press sets it to the most, the next to the least."""
    MOMENTARY = "momentary"
    """It is at the most while the button is down, and at the least else."""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """`target` is a parameter's path (`voice/bass/level`) or an action's name (`play`, `preset/load/NAME`)."""

    control: Control
    target: str
    least: Value | None = None
    """The value at the control's lower end, in natural units; None for the parameter's own."""
    most: Value | None = None
    inverted: bool = False
    encoder: Encoder | None = None
    step: float = STEP
    """Part of the range that an encoder goes at a step."""
    button: Button | None = None
    takeover: Takeover | None = None
    """None: as everybody else."""
    smoothing_ms: float = SMOOTHING_MS
    """Time constant of the way to a new value; 0: at once."""

    def ends(self, parameter: Parameter) -> tuple[float, float]:
        """The parameter's places, 0 to 1, at the control's lower and upper end."""
        low = 0.0 if self.least is None else parameter.position(parameter.convert(self.least))
        high = 1.0 if self.most is None else parameter.position(parameter.convert(self.most))
        return (high, low) if self.inverted else (low, high)

    def reach(self, parameter: Parameter, part: float) -> float:
        """The parameter's place for a place of the control; both 0 to 1."""
        low, high = self.ends(parameter)
        return low + (high - low) * part

    def part(self, parameter: Parameter, place: float) -> float:
        """The control's place for a place of the parameter; beyond its range, the nearer end."""
        low, high = self.ends(parameter)
        return 0.0 if low == high else min(max((place - low) / (high - low), 0.0), 1.0)

    @property
    def glides(self) -> bool:
        """Whether the value goes smoothly to where it is sent."""
        return self.smoothing_ms > 0 and self.button is None

    def plain(self) -> dict[str, Any]:
        """What a map's file says of it; what is as usual is left out."""
        said: dict[str, Any] = {"control": str(self.control), "target": self.target}
        for name in ("least", "most", "inverted", "encoder", "step", "button", "takeover", "smoothing_ms"):
            value = getattr(self, name)
            if value is not None and value != FIELDS[name]:
                said[name] = value.value if isinstance(value, StrEnum) else value
        return said


FIELDS: Mapping[str, object] = {"inverted": False, "step": STEP, "smoothing_ms": SMOOTHING_MS} | dict.fromkeys(
    ("least", "most", "encoder", "button", "takeover")
)
"""What a map's file may say besides control and target, and what holds where it does not."""


def read_binding(said: Mapping[str, Any]) -> Binding:
    """The binding that a map's file describes. Raises SettingsError."""
    unknown = sorted(said.keys() - FIELDS.keys() - {"control", "target"})
    if unknown:
        raise SettingsError(f"a binding knows no «{unknown[0][:40]}»; it knows {', '.join(sorted(FIELDS))}")
    try:
        control = read_control(str(said["control"]))
        binding = msgspec.convert({**said, "control": control}, Binding)
    except KeyError as missing:
        raise SettingsError(f"a binding without {missing.args[0]}") from None
    except msgspec.ValidationError as error:
        raise SettingsError(f"the binding of {said['control']}: {error}") from None
    if not 0.0 < binding.step <= 1.0 or not 0.0 <= binding.smoothing_ms <= 10_000.0:
        raise SettingsError(f"the binding of {control}: step is up to 1, smoothing_ms 0 to 10000")
    return binding


def button_of(control: Control, kind: Kind | None) -> Button | None:
    """What a control that has just been learnt is as a button; `kind` is None for an action."""
    return Button.TOGGLE if control.way in (Way.NOTE, Way.PROGRAM) and kind is not None else None
