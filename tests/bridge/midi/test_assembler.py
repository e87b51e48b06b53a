import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.assembler import Assembler
from bridge.midi.messages import encode, well_formed
from tests.bridge.midi.test_messages import messages

NOTE = b"\x90\x3c\x40"


@st.composite
def cuts(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    """The stream, cut anywhere."""
    places = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    return [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True) if start <= end]


@given(st.data(), st.lists(messages(), max_size=12))
def test_however_a_stream_is_cut_the_same_messages_come_out(data: st.DataObject, sent: list) -> None:  # type: ignore[type-arg]
    encoded = [encode(message) for message in sent]
    assembler = Assembler()
    pieces = data.draw(cuts(b"".join(encoded)))
    assert [out for piece in pieces for out in assembler.feed(piece)] == encoded


@given(st.data(), st.binary(max_size=200))
def test_garbage_never_raises_and_only_well_formed_messages_come_out_of_it(data: st.DataObject, garbage: bytes) -> None:
    whole = Assembler(limit=20).feed(garbage)
    assert all(well_formed(message) for message in whole)
    assembler = Assembler(limit=20)
    assert [out for piece in data.draw(cuts(garbage)) for out in assembler.feed(piece)] == whole


@given(st.binary(max_size=60))
def test_after_any_garbage_the_next_note_is_heard(garbage: bytes) -> None:
    assembler = Assembler()
    assembler.feed(garbage)
    assert assembler.feed(NOTE)[-1] == NOTE


def test_running_status_repeats_the_status_byte() -> None:
    assert Assembler().feed(b"\x90\x3c\x40\x3e\x41\x3c\x00") == [
        b"\x90\x3c\x40",
        b"\x90\x3e\x41",
        b"\x90\x3c\x00",
    ]


def test_a_clock_tick_in_the_middle_of_anything_comes_out_at_once() -> None:
    assert Assembler().feed(b"\x90\xf8\x3c\x40\xf0\x01\xfa\x02\xf7") == [
        b"\xf8",
        NOTE,
        b"\xfa",
        b"\xf0\x01\x02\xf7",
    ]


def test_system_messages_end_running_status() -> None:
    assert Assembler().feed(NOTE + b"\xf3\x01\x3c\x40") == [NOTE, b"\xf3\x01"]


def test_a_message_cut_short_by_another_is_left_out() -> None:
    assert Assembler().feed(b"\x90\x3c" + b"\xf0\x01" + NOTE) == [NOTE]


def test_undefined_and_stray_bytes_are_left_out() -> None:
    assert Assembler().feed(b"\x05\xf4\x01\xf9\xfd\xf7" + NOTE) == [NOTE]


def test_an_endless_sysex_costs_one_complaint_little_memory_and_no_note() -> None:
    assembler = Assembler(limit=1000)
    chunk = bytes(100_000)
    assembler.feed(b"\xf0")
    tracemalloc.start()
    for _ in range(300):
        assert assembler.feed(chunk) == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000
    assert "more than 1000 bytes" in assembler.take_complaint()
    assert assembler.take_complaint() == ""
    assert assembler.feed(b"\xf7" + NOTE) == [NOTE]
    assert assembler.take_complaint() == ""


def test_a_sysex_of_just_the_limit_passes() -> None:
    dump = b"\xf0" + bytes(998) + b"\xf7"
    assembler = Assembler(limit=1000)
    assert assembler.feed(dump[:500]) + assembler.feed(dump[500:]) == [dump]
    assert assembler.feed(b"\xf0" + bytes(999) + b"\xf7") == []
    assert assembler.take_complaint()
