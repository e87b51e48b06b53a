"""Our knobs as sliders of a JSFX, saved and automated with a REAPER project; they reach us as NRPN on our control port.

A JSFX can send MIDI and no OSC. An NRPN has 14 bits, and a number that is made from the parameter's path, so that a
project finds its knobs again in a later version.
"""

import math
from zlib import crc32

from bridge.control.parameter import Curve, Kind, Parameter
from bridge.control.parameters import ParameterTable, Place
from bridge.errors import SettingsError
from bridge.midi.messages import ControlChange, decode

CHANNEL = 15
"""MIDI channel 16; the others are left to controllers."""
SOURCE = "daw"
"""How what came from the music program is signed in the parameter table."""
FULL = 16_383
"""The highest value of 14 bits."""
NUMBER_HIGH, NUMBER_LOW, VALUE_HIGH, VALUE_LOW = 99, 98, 6, 38
SLIDERS = 64
"""Sliders that a JSFX may have in every REAPER."""

HEAD = """desc:Antiphon: knobs
// Made from the parameter table (`antiphon daw --files`). Put it on a track whose MIDI hardware output is Antiphon's
// port «control», channel: original.
"""
CODE = """
@init
count = {count};
number = 0; low = 100; high = 200; bent = 300; told = 400;
{rows}
loop_at = 0;
loop(count, told[loop_at] = -1; loop_at += 1;);

@block
at = 0;
loop(count,
  value = slider(at + 1);
  place = bent[at] ? log(value / low[at]) / log(high[at] / low[at]) : (value - low[at]) / (high[at] - low[at]);
  place = max(0, min({full}, floor(place * {full} + 0.5)));
  place != told[at] ? (
    told[at] = place;
    midisend(0, {status}, {number_high}, number[at] >> 7);
    midisend(0, {status}, {number_low}, number[at] & 127);
    midisend(0, {status}, {value_high}, place >> 7);
    midisend(0, {status}, {value_low}, place & 127);
  );
  at += 1;
);
"""


def nrpn(path: str) -> int:
    """The 14-bit number of a parameter's path."""
    return crc32(path.encode()) >> 18


def places(table: ParameterTable) -> list[Place]:
    """The places that have a slider: those whose value is a number, a switch or a choice; voices after the rest."""
    all_of_them = [place for place in table if place.parameter.kind is not Kind.CHART]
    return sorted(all_of_them, key=lambda place: place.voice is not None)[:SLIDERS]


def jsfx(table: ParameterTable) -> str:
    """The text of the JSFX."""
    sliders, rows = [], []
    for at, place in enumerate(places(table)):
        row = place.parameter
        low, high, first, step, names = _range(row)
        unit = f" ({row.unit})" if row.unit else ""
        sliders.append(f"slider{at + 1}:{first:g}<{low:g},{high:g},{step}{names}>{place.path}{unit}")
        bent = int(row.curve is Curve.EXPONENTIAL and row.kind in (Kind.FLOAT, Kind.INT))
        # A choice lies in the middle of its stretch of the whole way.
        ends = (-0.5, high + 0.5) if row.kind is Kind.CHOICE else (low, high)
        values = f"low[{at}] = {ends[0]:g}; high[{at}] = {ends[1]:g}; bent[{at}] = {bent};"
        rows.append(f"number[{at}] = {nrpn(place.path)}; {values}")
    code = CODE.format(
        count=len(sliders),
        rows="\n".join(rows),
        full=FULL,
        status=0xB0 + CHANNEL,
        number_high=NUMBER_HIGH,
        number_low=NUMBER_LOW,
        value_high=VALUE_HIGH,
        value_low=VALUE_LOW,
    )
    return HEAD + "\n".join(sliders) + "\n\nin_pin:none\nout_pin:none\n" + code


class SliderEar:
    """Hears what the sliders send, and sets the table."""

    def __init__(self, table: ParameterTable) -> None:
        self._table = table
        self._numbers = {nrpn(place.path): place for place in places(table)}
        self._state: dict[int, int] = {}

    def hear(self, data: bytes) -> None:
        """Take in a MIDI message of the control port; any but the sliders' is no matter."""
        message = decode(data)
        if not isinstance(message, ControlChange) or message.channel != CHANNEL:
            return
        self._state[message.control] = message.value
        if message.control != VALUE_LOW or not self._state.keys() >= {NUMBER_HIGH, NUMBER_LOW, VALUE_HIGH}:
            return
        place = self._numbers.get(self._state[NUMBER_HIGH] << 7 | self._state[NUMBER_LOW])
        if place is not None:
            position = (self._state[VALUE_HIGH] << 7 | message.value) / FULL
            try:
                self._table.set(place.path, place.parameter.natural(position), source=SOURCE)
            except SettingsError:  # the pack that had this knob has gone
                return


def _range(row: Parameter) -> tuple[float, float, float, str, str]:
    """Lowest, highest and first value, step, and the names of the steps, as a slider line has them."""
    if row.kind is Kind.CHOICE:
        names = "{" + ",".join(choice.replace(",", " ") for choice in row.choices) + "}"
        return 0.0, len(row.choices) - 1.0, float(row.choices.index(str(row.default))), "1", names
    if row.kind is Kind.BOOL:
        return 0.0, 1.0, float(row.default), "1", "{off,on}"
    first = float(row.default)
    if row.kind is Kind.INT:
        return row.minimum, row.maximum, first, "1", ""
    step = 10.0 ** math.floor(math.log10((row.maximum - row.minimum) / 1000.0))
    return row.minimum, row.maximum, first, f"{step:g}", ""
