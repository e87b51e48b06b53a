import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.messages import (
    LENGTHS,
    SPECS,
    Clock,
    ControlChange,
    Message,
    NoteOff,
    NoteOn,
    PitchBend,
    SongPosition,
    SysEx,
    decode,
    encode,
    spec_of,
    well_formed,
)

CHANNEL = st.integers(0, 15)
SEVEN = st.integers(0, 127)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message there is."""
    spec = draw(st.sampled_from(SPECS))
    if spec.length is None:
        return SysEx(bytes(draw(st.lists(SEVEN, max_size=20))))
    values = [draw(CHANNEL)] if spec.channel else []
    for field in spec.fields:
        low, high = -field.zero, (1 << field.bits) - 1 - field.zero
        values.append(draw(st.integers(max(low, 1) if field.name == "velocity" else low, high)))
    return spec.kind(*values)


@given(messages())
def test_every_message_comes_back_from_its_bytes_as_it_was(message: Message) -> None:
    data = encode(message)
    assert well_formed(data)
    assert decode(data) == message


@given(CHANNEL, SEVEN)
def test_a_note_on_without_velocity_is_a_note_off(channel: int, pitch: int) -> None:
    assert decode(bytes((0x90 | channel, pitch, 0))) == NoteOff(channel, pitch)


@given(st.binary(max_size=8))
def test_decoding_never_raises_and_accepts_only_what_is_well_formed(data: bytes) -> None:
    assert (decode(data) is not None) == well_formed(data)


def test_the_bend_wheel_rests_at_zero_and_reaches_both_ends() -> None:
    assert encode(PitchBend(0, 0)) == b"\xe0\x00\x40"
    assert decode(b"\xe3\x00\x00") == PitchBend(3, -8192)
    assert decode(b"\xe3\x7f\x7f") == PitchBend(3, 8191)


def test_a_song_position_counts_sixteenths_low_byte_first() -> None:
    assert encode(SongPosition(129)) == b"\xf2\x01\x01"


def test_a_clock_tick_is_one_byte() -> None:
    assert encode(Clock()) == b"\xf8"
    assert decode(b"\xf8") == Clock()


@pytest.mark.parametrize("message", [NoteOn(16, 60, 1), NoteOn(0, 128, 1), ControlChange(0, 1, -1), PitchBend(0, 8192)])
def test_a_value_that_midi_cannot_carry_is_refused_by_name(message: Message) -> None:
    with pytest.raises(ValueError, match="it must be"):
        encode(message)


def test_a_sysex_of_eight_bit_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="below 128"):
        encode(SysEx(b"\x80"))


def test_the_table_agrees_with_itself() -> None:
    for spec in SPECS:
        if spec.length is not None:
            assert spec.length == sum(field.bits for field in spec.fields) // 7
            assert LENGTHS[spec.status] == spec.length
        assert spec_of(spec.status) is spec
    assert [status for status in range(0xF0, 0x100) if spec_of(status) is None] == [
        *(0xF4, 0xF5, 0xF7),
        *(0xF9, 0xFD),
    ]
