import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.parameter import Kind, Parameter
from bridge.control.rows import PARAMETERS
from bridge.engine.pack import Knob
from bridge.errors import SettingsError

ROWS = {row.name: row for row in PARAMETERS}


@pytest.mark.parametrize(
    ("name", "given_value", "value"),
    [
        ("tempo", 97, 97.0),
        ("tempo", 1000.0, 300.0),
        ("tempo", "140", 140.0),
        ("trade_bars", 3.6, 4),
        ("key_lock", 0.0, False),
        ("key_lock", True, True),
        ("key_lock", "Off", False),
        ("mode", "Trade", "trade"),
        ("mode", 1.0, "trade"),
        ("key", "Db", "C#"),
        ("key", "bb", "Bb"),
        ("meter", "7/8", "7/8"),
        ("scale", "harmonic minor", "harmonic minor"),
        ("density", 0.05, 0.0),
        ("density", 0.2, 0.25),
        ("density", 2.0, 2.0),
    ],
)
def test_values_are_taken_as_people_and_surfaces_send_them(name: str, given_value: object, value: object) -> None:
    converted = ROWS[name].convert(given_value)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("tempo", math.nan, "tempo is a number, 20 to 300 BPM"),
        ("tempo", "fast", "«fast»"),
        ("tempo", None, "None"),
        ("tempo", b"\x00" * 1000, r"\.\.\."),
        ("key_lock", "maybe", "on or off"),
        ("mode", "contine", "did you mean «continue»"),
        ("mode", 9, "from 0 to 8"),
        ("mode", math.inf, "from 0 to 8"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_can(name: str, value: object, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        ROWS[name].convert(value)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_every_row_is_whole(row: Parameter) -> None:
    assert row.convert(row.default) == row.default
    assert row.description.endswith(".")
    assert row.range
    assert bool(row.choices) == (row.kind is Kind.CHOICE)
    assert row.minimum < row.maximum


@given(row=st.sampled_from(PARAMETERS), position=st.floats(0, 1))
def test_a_fader_reaches_every_value_and_finds_back(row: Parameter, position: float) -> None:
    value = row.natural(position)
    assert row.convert(value) == value
    again = row.natural(row.position(value))
    assert again == value if isinstance(value, str) else again == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert -1e-9 <= row.position(value) <= 1 + 1e-9


@given(row=st.sampled_from(PARAMETERS), value=st.one_of(st.floats(), st.integers(), st.text(), st.booleans()))
def test_anything_is_either_refused_or_within_the_range(row: Parameter, value: object) -> None:
    try:
        converted = row.convert(value)
    except SettingsError:
        return
    if row.kind is Kind.CHART:
        assert row.convert(converted) == converted
    elif isinstance(converted, str):
        assert converted in row.choices
    else:
        assert row.minimum <= converted <= row.maximum


def test_a_packs_knob_is_a_parameter() -> None:
    row = Parameter.of_knob(Knob("swing", 0.0, 0.7, 0.1, "beats", "Delays every second eighth."), group="shuffle")
    assert row.convert(2) == 0.7
    assert row.range == "0 to 0.7 beats"
    assert row.group == "shuffle"
