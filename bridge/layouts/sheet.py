"""A sheet of controls: what a control surface shows, on pages, before it is written in some program's form."""

from collections.abc import Sequence

import msgspec

from bridge.control.parameter import Kind
from bridge.control.parameters import ParameterTable, Place

BUTTONS = ("play", "stop", "tap", "like", "dislike", "panic")
"""Actions that every page has, at its top."""


class Cell(msgspec.Struct, frozen=True):
    """A control for a place of the table, in a cell of the grid."""

    place: Place
    column: int
    row: int

    @property
    def title(self) -> str:
        """What is written at it."""
        return self.place.parameter.name.replace("_", " ")


class Leaf(msgspec.Struct, frozen=True):
    """A page: a title, and cells in a grid of so many columns and rows."""

    title: str
    cells: tuple[Cell, ...]
    columns: int
    rows: int


def sheet(table: ParameterTable, columns: int = 6) -> tuple[Leaf, ...]:
    """A page for every group, and one for every voice, in the table's order; charts have no control."""
    groups: dict[str, list[Place]] = {}
    for place in table:
        if place.parameter.kind is not Kind.CHART:
            title = place.parameter.group if place.voice is None else place.voice.value
            groups.setdefault(title, []).append(place)
    return tuple(_leaf(title, places, columns) for title, places in groups.items())


def _leaf(title: str, places: Sequence[Place], columns: int) -> Leaf:
    cells = tuple(Cell(place, index % columns, index // columns) for index, place in enumerate(places))
    return Leaf(title, cells, columns, max(-(-len(places) // columns), 1))
