import contextlib
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.errors import OscError
from bridge.osc.packet import BUNDLE, DEEPEST, Head, Message, head, read, write

IMMEDIATELY = b"\0\0\0\0\0\0\0\1"
IN_A_HUNDRED_YEARS = b"\xff" * 8
TEMPO = Message("/antiphon/tempo", (97.0,))


def bundle(*elements: bytes, timetag: bytes = IMMEDIATELY) -> bytes:
    return BUNDLE + timetag + b"".join(struct.pack(">i", len(element)) + element for element in elements)


@given(
    arguments=st.lists(
        st.one_of(
            st.integers(-(2**63), 2**63 - 1),
            st.floats(width=32, allow_nan=False),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
        ),
        max_size=6,
    )
)
def test_what_is_written_is_read_back(arguments: list[float | int | str]) -> None:
    message = Message("/antiphon/anything", tuple(arguments))
    assert list(read(write(message))) == [message]


def test_switches_are_written_as_0_and_1_and_read_as_true_and_false() -> None:
    assert list(read(write(Message("/a", (True,))))) == [Message("/a", (1,))]
    assert list(read(b"/a\0\0,TF\0")) == [Message("/a", (True, False))]


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert list(read(b"/antiphon/play\0\0")) == [Message("/antiphon/play")]


def test_bundles_within_bundles_are_taken_apart_in_order() -> None:
    first, second, third = (write(Message(f"/{name}", (1,))) for name in "abc")
    data = bundle(first, bundle(second, timetag=IN_A_HUNDRED_YEARS), third, timetag=IN_A_HUNDRED_YEARS)
    assert [message.address for message in read(data)] == ["/a", "/b", "/c"]


def test_an_empty_bundle_is_no_message() -> None:
    assert list(read(bundle())) == []


def test_what_comes_before_the_broken_part_is_given() -> None:
    messages = read(bundle(write(TEMPO)) + b"\xff\xff\xff\xfc")
    assert next(messages) == TEMPO
    with pytest.raises(OscError, match="-4 bytes"):
        next(messages)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "neither"),
        (b"GET / HTTP/1.1\r\n", "neither"),
        (b"#bundle\0\0\0", "timetag"),
        (bundle() + b"\0\0\0\0", "0 bytes"),
        (bundle() + b"\x7f\xff\xff\xfc", "claims 2147483644"),
        (b"/antiphon/tempo\0,f\0\0\x42", "cut short"),
        (b"/antiphon/tempo\0,f\0\0", "cut short"),
        (b"/antiphon/tempo\0,b\0\0\0\0\0\0", "type «b»"),
        (b"/\xff\xff\xff\0\0\0\0", "garbled"),
    ],
)
def test_a_broken_packet_is_told_by_what_is_wrong(data: bytes, message: str) -> None:
    with pytest.raises(OscError, match=message):
        list(read(data))


def test_bundles_cannot_be_nested_to_exhaust_the_stack() -> None:
    data = write(TEMPO)
    for _ in range(DEEPEST + 1):
        data = bundle(data)
    with pytest.raises(OscError, match="nested"):
        list(read(data))


@given(data=st.binary(max_size=200))
def test_no_datagram_raises_anything_but_an_osc_error(data: bytes) -> None:
    for start in (b"", b"/", BUNDLE + IMMEDIATELY, b"/antiphon/tempo\0,"):
        try:
            list(read(start + data))
        except OscError:
            continue


@given(place=st.integers(0, 200), byte=st.integers(0, 255))
def test_one_wrong_byte_raises_nothing_but_an_osc_error(place: int, byte: int) -> None:
    data = bytearray(bundle(write(TEMPO), bundle(write(Message("/b", ("words", 3, 2.5))))))
    data[place % len(data)] = byte
    try:
        list(read(bytes(data)))
    except OscError:
        return


@given(
    numbers=st.lists(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(width=32, allow_nan=False)), max_size=6),
    word=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)
def test_another_library_reads_what_we_write_and_we_what_it_writes(numbers: list[float | int], word: str) -> None:
    message = Message("/antiphon/anything", (*numbers, word))
    assert tuple(OscMessage(write(message)).params) == message.arguments
    builder = OscMessageBuilder(message.address)
    for argument in message.arguments:
        builder.add_arg(argument, "h" if isinstance(argument, int) else None)
    assert list(read(builder.build().dgram)) == [message]


@pytest.mark.parametrize("value", [1e39, -1e300, float("inf")])
def test_a_number_that_32_bits_do_not_hold_is_infinite(value: float) -> None:
    assert list(read(write(Message("/a", (value,))))) == [Message("/a", (math.copysign(math.inf, value),))]


@given(st.binary(max_size=200))
def test_whatever_comes_in_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(OscError):
        list(read(data))
    beginning = head(data)
    assert beginning is None or data.startswith(b"/")


@given(
    st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=12), st.lists(st.integers(0, 9), max_size=2)
)
def test_a_glance_tells_the_address_and_whether_there_are_arguments(name: str, numbers: list[int]) -> None:
    beginning = head(write(Message(f"/{name}", tuple(numbers))))
    assert beginning == Head(f"/{name}", bool(numbers))
