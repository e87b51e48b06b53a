"""The packs' own knobs: they join the parameter table when a pack is loaded, and leave with it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from bridge.control.parameter import Parameter, Value
from bridge.control.parameters import ParameterTable
from bridge.control.preset import Values, apply
from bridge.engine.pack import Knob
from bridge.errors import SettingsError

BAND = frozenset(("temperature", "density", "register"))
"""Knobs that the band's own parameters of these names turn, for every pack. A pack's knob that is called as another
parameter has the pack's name before its own."""
SOURCE = "pack"


class PackKnobs:
    """Keeps the table in line with the packs that are loaded."""

    def __init__(self, table: ParameterTable) -> None:
        self._table = table
        self.default = ""
        """The pack whose knobs come first."""
        self.changed: Callable[[], object] = lambda: None
        """Is called when knobs have come or gone."""
        self._knobs: dict[str, tuple[Knob, ...]] = {}
        self._names: dict[str, dict[str, str]] = {}
        """Pack -> its knobs -> the names of their parameters."""
        self._left: dict[str, Value] = {}
        """Values of knobs that have left, or are yet to come."""

    def loaded(self, pack: str, knobs: Sequence[Knob]) -> list[str]:
        """A pack is there: its knobs join, at the values they had before; returns what could not, in words."""
        if self._knobs.get(pack) == tuple(knobs):
            return []  # a new engine has loaded it again
        self.gone(pack)
        self._knobs[pack] = tuple(knobs)
        names: dict[str, str] = {}
        problems = []
        for knob in knobs:
            if knob.name in BAND or knob.minimum == knob.maximum:
                continue
            for name in (_plain(knob.name), _plain(f"{pack}_{knob.name}")):
                row = msgspec.structs.replace(Parameter.of_knob(knob, pack), name=name)
                try:
                    self._table.join([row])
                except SettingsError as error:
                    problem = str(error)
                else:
                    names[knob.name] = name
                    break
            else:
                problems.append(f"{pack}: {problem}")
        self._names[pack] = names
        here = {name: self._left.pop(name) for name in names.values() if name in self._left}
        self.changed()
        return problems + apply(self._table, here, SOURCE)

    def gone(self, pack: str) -> None:
        """A pack was let go: its knobs leave, and their values are remembered."""
        self._knobs.pop(pack, None)
        names = list(self._names.pop(pack, {}).values())
        self._left |= {name: self._table.get(name) for name in names}
        self._table.leave(names)
        if names:
            self.changed()

    def stay(self, packs: Collection[str]) -> None:
        """Only these packs are played: the knobs of all others leave."""
        for pack in self._names.keys() - set(packs):
            self.gone(pack)

    def expect(self, values: Values) -> None:
        """Values of knobs that are to hold when their pack comes."""
        self._left |= values

    @property
    def own(self) -> tuple[str, ...]:
        """The parameters of the packs' knobs, those of the default pack first, each pack's in its own order."""
        packs = sorted(self._names, key=lambda pack: pack != self.default)
        return tuple(name for pack in packs for name in self._names[pack].values())

    @property
    def values(self) -> Mapping[str, Mapping[str, float]]:
        """Pack -> its knobs' values, under the pack's own names for them."""
        return {
            pack: {knob: float(self._table.get(name)) for knob, name in names.items()}
            for pack, names in self._names.items()
        }


def names_of(pack: str, knobs: Sequence[Knob]) -> set[str]:
    """Every name that a parameter of a pack's knobs may have."""
    return {_plain(name) for knob in knobs for name in (knob.name, f"{pack}_{knob.name}")} - BAND


def _plain(name: str) -> str:
    """A name as an address has it."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
