from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.control.parameter import Kind
from bridge.control.parameters import ParameterTable
from bridge.control.snapshots import NUMBERS, Snapshots, blend, taken
from bridge.errors import SettingsError

SEEDS = st.integers(0, 10_000)


def turned(seed: int) -> ParameterTable:
    table, chance = ParameterTable(), Random(seed)
    for place in table:
        if place.parameter.kind is not Kind.CHART:
            table.set(place.path, place.parameter.natural(chance.choice((0.0, 1.0, chance.random()))))
    return table


@settings(max_examples=40)
@given(a=SEEDS, b=SEEDS, parts=st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_morph_begins_at_one_ends_at_the_other_and_never_turns_back(a: int, b: int, parts: list[float]) -> None:
    table = turned(a)
    start, end = taken(table), taken(turned(b))
    assert blend(table, start, end, 0.0).items() <= start.items()
    assert blend(table, start, end, 1.0).items() <= end.items()
    way = [blend(table, start, end, part) for part in (0.0, *sorted(parts), 1.0)]
    for place in table:
        if place.path not in way[0]:
            continue
        values = [step[place.path] for step in way]
        if place.parameter.kind in NUMBERS:
            way_up = -1.0 if float(values[0]) > float(values[-1]) else 1.0
            assert all((float(after) - float(before)) * way_up >= -1e-9 for before, after in pairwise(values))
        else:
            assert set(values) <= {values[0], values[-1]}


def test_choices_switch_in_the_middle() -> None:
    table = ParameterTable()
    snapshots = Snapshots(table)
    snapshots.store("A")
    table.set("mode", "trade")
    table.set("temperature", 2.0)
    snapshots.store("b")
    table.set("morph", 0.49)
    assert table.get("mode") == "continue"
    assert float(table.get("temperature")) == pytest.approx(2**0.49)
    table.set("morph", 0.51)
    assert table.get("mode") == "trade"
    table.set("morph", 1.0)
    assert table.get("temperature") == 2.0


def test_a_morph_leaves_packs_and_the_rooms_delays_alone() -> None:
    table = ParameterTable()
    assert not taken(table).keys() & {"morph", "takeover", "recall_when", "in_offset", "voice/bass/offset", "clock"}
    assert "voice/bass/pack" in taken(table)
    assert "voice/bass/pack" not in blend(table, taken(table), taken(table), 0.5)


def test_an_empty_snapshot_is_told_and_morphs_nothing() -> None:
    table = ParameterTable()
    snapshots = Snapshots(table)
    snapshots.store("A")
    table.set("morph", 0.7)
    assert taken(table) == snapshots.values("A")
    with pytest.raises(SettingsError, match="snapshot B is empty"):
        snapshots.values("B")
    with pytest.raises(SettingsError, match="A, B, C, D"):
        snapshots.store("E")
