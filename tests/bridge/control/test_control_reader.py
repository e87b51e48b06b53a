from hypothesis import given
from hypothesis import strategies as st

from bridge.control.control import Control, Turn, Way
from bridge.control.control_reader import PATIENCE, ControlReader

CC1, CC33, PAIR = Control(Way.CC, 0, 1), Control(Way.CC, 0, 33), Control(Way.CC14, 0, 1)
NRPN = Control(Way.NRPN, 0, 300)
SELECT = (b"\xb0\x63\x02", b"\xb0\x62\x2c")


def read(reader: ControlReader, *messages: bytes, time: float = 0.0) -> list[Turn]:
    return [turn for data in messages for turn in reader.read(data, time)]


def test_a_pair_is_told_as_its_halves_and_as_a_whole() -> None:
    turns = read(ControlReader(), b"\xb0\x01\x40", b"\xb0\x21\x05")
    assert [(turn.control, turn.value) for turn in turns] == [(CC1, 64), (CC33, 5), (PAIR, 64 << 7 | 5)]


def test_a_low_half_long_after_is_a_control_of_its_own() -> None:
    reader = ControlReader()
    reader.read(b"\xb0\x01\x40", 0.0)
    assert [turn.control for turn in reader.read(b"\xb0\x21\x05", 1.0)] == [CC33]


def test_a_high_half_counts_alone_when_no_low_one_comes() -> None:
    reader = ControlReader()
    reader.expect(PAIR)
    reader.read(b"\xb0\x01\x40", 0.0)
    assert reader.next_due == PATIENCE
    assert reader.due(PATIENCE / 2) == []
    assert reader.due(PATIENCE) == [Turn(PAIR, 64 << 7, PATIENCE)]
    assert reader.next_due is None


@given(st.lists(st.integers(0, 16383), min_size=1))
def test_a_fine_fader_never_stutters_at_a_change_of_its_high_half(values: list[int]) -> None:
    reader = ControlReader()
    reader.expect(PAIR)
    heard = [turn.value for value in values for turn in read(reader, *PAIR.say(value)) if turn.control == PAIR]
    assert heard == values


def test_an_nrpn_is_one_control_until_the_next_is_selected() -> None:
    reader = ControlReader()
    turns = read(reader, *SELECT, b"\xb0\x06\x01", b"\xb0\x26\x02", b"\xb0\x06\x03", b"\xb0\x26\x04")
    assert [(turn.control, turn.value) for turn in turns] == [(NRPN, 130), (NRPN, 388)]
    assert [turn.value for turn in read(reader, b"\xb0\x60\x00", b"\xb0\x61\x00")] == [389, 388]


def test_the_data_of_a_registered_parameter_turns_nothing() -> None:
    reader = ControlReader()
    assert read(reader, b"\xb0\x65\x00", b"\xb0\x64\x00", b"\xb0\x06\x02") == []
    null = read(reader, b"\xb0\x65\x7f", b"\xb0\x64\x7f", b"\xb0\x06\x02")
    assert [turn.control for turn in null] == [Control(Way.CC, 0, 6)]


def test_a_key_that_is_let_go_is_at_nothing() -> None:
    turns = read(ControlReader(), b"\x90\x3c\x50", b"\x80\x3c\x40", b"\x90\x3c\x00")
    assert [turn.value for turn in turns] == [80, 0, 0]


@given(st.lists(st.binary(max_size=4)))
def test_no_bytes_upset_it(messages: list[bytes]) -> None:
    reader = ControlReader()
    for turn in read(reader, *messages):
        assert 0 <= turn.value < turn.control.steps
