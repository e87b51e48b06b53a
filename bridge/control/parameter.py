"""A parameter: what one knob is called, what it may be set to, and what it does."""

import math
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum

import msgspec

from bridge.engine.pack import Knob
from bridge.errors import SettingsError
from bridge.music.chart import read_chart

Value = float | int | bool | str
"""A parameter's value in natural units: its kind says which of these."""

ROOT = "/antiphon"
YES = frozenset({"on", "true", "yes", "1"})
NO = frozenset({"off", "false", "no", "0"})


class Kind(StrEnum):
    """What a value is."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    CHOICE = "choice"
    CHART = "chart"
    """A chord chart as text; empty where there is none."""


class Curve(StrEnum):
    """How a fader's way is laid over the range."""

    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    """Equal ways are equal ratios; for ranges above 0."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table. Numbers lie within `minimum` and `maximum`, both included."""

    name: str
    kind: Kind
    default: Value
    description: str
    group: str
    minimum: float = 0.0
    maximum: float = 1.0
    unit: str = ""
    curve: Curve = Curve.LINEAR
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}
    """Other names of choices, in lower case."""
    floor: float | None = None
    """The least value that is not `minimum`, where `minimum` means "automatic" or "off"."""
    per_voice: bool = False

    @classmethod
    def of_knob(cls, knob: Knob, group: str) -> "Parameter":
        """The parameter of a pack's own knob."""
        return cls(
            name=knob.name,
            kind=Kind.FLOAT,
            default=knob.default,
            description=knob.does,
            group=group,
            minimum=knob.minimum,
            maximum=knob.maximum,
            unit=knob.unit,
        )

    def convert(self, value: object) -> Value:
        """The value that is meant, in natural units and within the range.

        Every number may come as a float, a switch as 0 or 1 or a word, a choice as its name or number. Raises
        SettingsError for what cannot be meant.
        """
        match self.kind:
            case Kind.CHOICE:
                return self._choice(value)
            case Kind.CHART:
                return _chart(value)
            case Kind.BOOL:
                return self._switch(value)
            case Kind.INT:
                return round(self._number(value))
            case Kind.FLOAT:
                return self._number(value)

    def natural(self, position: float) -> Value:
        """The value at a fader's position, 0 to 1."""
        position = min(max(position, 0.0), 1.0)
        if self.kind is Kind.BOOL:
            return position >= 0.5
        if self.kind is Kind.CHART:
            return self.default
        if self.kind is Kind.CHOICE:
            return self.choices[min(int(position * len(self.choices)), len(self.choices) - 1)]
        if self.curve is Curve.EXPONENTIAL:
            return self.convert(self.minimum * (self.maximum / self.minimum) ** position)
        return self.convert(self.minimum + (self.maximum - self.minimum) * position)

    def position(self, value: Value) -> float:
        """The fader's position, 0 to 1, that gives a value of this parameter."""
        if self.kind is Kind.BOOL:
            return float(value)
        if self.kind is Kind.CHART:
            return 0.0
        if isinstance(value, str):
            return (self.choices.index(value) + 0.5) / len(self.choices)
        if self.curve is Curve.EXPONENTIAL:
            return math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return (value - self.minimum) / (self.maximum - self.minimum)

    @property
    def range(self) -> str:
        """The values in words, for help and documents."""
        match self.kind:
            case Kind.CHOICE:
                return " | ".join(self.choices)
            case Kind.CHART:
                return "chords, one a bar, or bars between |"
            case Kind.BOOL:
                return "on | off"
        unit = f" {self.unit}" if self.unit else ""
        if self.floor is None:
            return f"{self.minimum:.10g} to {self.maximum:.10g}{unit}"
        return f"{self.minimum:g}, or {self.floor:g} to {self.maximum:g}{unit}"

    def _number(self, value: object) -> float:
        number = _as_number(value)
        if number is None:
            raise SettingsError(f"{self.name} is a number, {self.range}; it cannot be {_shown(value)}")
        number = min(max(number, self.minimum), self.maximum)
        if self.floor is not None and self.minimum < number < self.floor:
            return self.floor if number - self.minimum >= self.floor - number else self.minimum
        return number

    def _switch(self, value: object) -> bool:
        if isinstance(value, str):
            word = value.strip().lower()
            if word in YES or word in NO:
                return word in YES
        number = _as_number(value)
        if number is None:
            raise SettingsError(f"{self.name} is on or off; it cannot be {_shown(value)}")
        return number >= 0.5

    def _choice(self, value: object) -> str:
        if isinstance(value, str):
            word = value.strip().lower()
            word = self.aliases.get(word, word).lower()
            for choice in self.choices:
                if choice.lower() == word:
                    return choice
            near = get_close_matches(word, self.choices, 1)
            hint = f"; did you mean «{near[0]}»?" if near else ""
            raise SettingsError(f"{self.name} cannot be {_shown(value)}: it is one of {', '.join(self.choices)}{hint}")
        number = _as_number(value)
        if number is None or not 0 <= round(number) < len(self.choices):
            last = len(self.choices) - 1
            raise SettingsError(f"{self.name} is one of {', '.join(self.choices)}, or its number from 0 to {last}")
        return self.choices[round(number)]


def _chart(value: object) -> str:
    """The text of a chord chart, as we write it."""
    if not isinstance(value, str):
        raise SettingsError(f"a chord chart is text like «C | Am F | G7»; it cannot be {_shown(value)}")
    return str(read_chart(value))


def _as_number(value: object) -> float | None:
    """A finite number, or a word that reads as one."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return None


def _shown(value: object) -> str:
    text = f"«{value}»" if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
