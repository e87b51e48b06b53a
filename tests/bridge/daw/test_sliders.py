import math
import re

import pytest

from bridge.control.parameter import Kind
from bridge.control.parameters import ParameterTable
from bridge.daw.sliders import CHANNEL, FULL, SliderEar, jsfx, nrpn, places
from bridge.midi.messages import ControlChange, encode


def messages(number: int, place: int, channel: int = CHANNEL) -> list[bytes]:
    """What a slider sends, as its code says."""
    pairs = ((99, number >> 7), (98, number & 127), (6, place >> 7), (38, place & 127))
    return [encode(ControlChange(channel, control, value)) for control, value in pairs]


def send(ear: SliderEar, number: int, place: int) -> None:
    for data in messages(number, place):
        ear.hear(data)


def test_no_two_knobs_share_a_number() -> None:
    table = ParameterTable()
    numbers = {nrpn(place.path) for place in places(table)}
    assert len(numbers) == len(places(table))


def test_every_slider_sets_its_knob_to_what_it_shows() -> None:
    table = ParameterTable()
    text = jsfx(table)
    sliders = re.findall(r"^slider(\d+):([-\d.e+]+)<([-\d.e+]+),([-\d.e+]+),[^{>]*(\{[^}]*\})?>(\S+)", text, re.M)
    rows = re.findall(r"number\[(\d+)\] = (\d+); low\[\1\] = (\S+); high\[\1\] = (\S+); bent\[\1\] = (\d);", text)
    assert len(sliders) == len(rows) == len(places(table))
    for (_, first, low, high, _, path), (_, number, start, end, bent) in zip(sliders, rows, strict=True):
        for shown in (float(low), float(first), float(high)):
            a, b = float(start), float(end)
            place = math.log(shown / a) / math.log(b / a) if int(bent) else (shown - a) / (b - a)
            ear = SliderEar(table)
            send(ear, int(number), max(0, min(FULL, math.floor(place * FULL + 0.5))))
            row = table.place(path).parameter
            value = table.get(path)
            if row.kind is Kind.CHOICE:
                assert value == row.choices[int(shown)], path
            elif row.kind is Kind.BOOL:
                assert value == bool(shown), path
            elif row.name != "seed":
                room = (row.maximum - row.minimum) / 2000 + (0.5 if row.kind is Kind.INT else 0.0)
                assert float(value) == pytest.approx(shown, abs=room), path


def test_other_channels_and_other_numbers_are_left_to_others() -> None:
    table = ParameterTable()
    before = table.snapshot()
    ear = SliderEar(table)
    for data in [*messages(nrpn("tempo"), 0, channel=0), *messages((nrpn("tempo") + 1) & FULL, 0), b"\x90\x40\x40"]:
        ear.hear(data)
    assert table.snapshot() == before


def test_a_chord_chart_has_no_slider() -> None:
    assert "chords" not in {place.path for place in places(ParameterTable())}
