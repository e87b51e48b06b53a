from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.mpe import Mpe


def announce(mpe: Mpe, master: int, members: int) -> None:
    for control, value in ((101, 0), (100, 6), (6, members)):
        mpe.take(bytes((0xB0 | master, control, value)))


def lower(members: int = 15) -> Mpe:
    mpe = Mpe()
    announce(mpe, 0, members)
    return mpe


@given(st.binary(min_size=3, max_size=3))
def test_without_a_zone_everything_passes_as_it_is(data: bytes) -> None:
    assert Mpe().take(bytes((data[0] | 0x80, data[1] & 0x7F, data[2] & 0x7F))) is not None


def test_the_notes_of_all_member_channels_are_one_players() -> None:
    mpe = lower()
    assert mpe.take(b"\x93\x3c\x50") == b"\x90\x3c\x50"
    assert mpe.take(b"\x97\x40\x50") == b"\x90\x40\x50"
    assert mpe.take(b"\x83\x3c\x40") == b"\x80\x3c\x40"


def test_a_pitch_that_two_fingers_hold_ends_with_the_last() -> None:
    mpe = lower()
    mpe.take(b"\x91\x3c\x50")
    mpe.take(b"\x92\x3c\x50")
    assert mpe.take(b"\x91\x3c\x00") is None
    assert mpe.take(b"\x82\x3c\x40") == b"\x80\x3c\x40"


def test_what_bends_or_presses_one_note_says_nothing_of_the_player() -> None:
    mpe = lower()
    assert [mpe.take(data) for data in (b"\xe3\x00\x50", b"\xd3\x40", b"\xb3\x4a\x40")] == [None] * 3
    assert mpe.take(b"\xb0\x40\x7f") == b"\xb0\x40\x7f"  # the pedal of the whole zone


def test_a_zone_of_no_members_is_none() -> None:
    mpe = lower()
    announce(mpe, 0, 0)
    assert mpe.take(b"\xe3\x00\x50") == b"\xe3\x00\x50"


def test_two_zones_are_two_parts_and_the_later_one_has_its_way() -> None:
    mpe = lower(14)
    announce(mpe, 15, 7)
    assert mpe.take(b"\x9e\x3c\x50") == b"\x9f\x3c\x50"
    assert mpe.take(b"\x91\x3c\x50") == b"\x90\x3c\x50"
    assert mpe.take(b"\x98\x3c\x50") == b"\x9f\x3c\x50"
    assert mpe.take(b"\x97\x3c\x50") == b"\x90\x3c\x50"


@given(st.lists(st.tuples(st.integers(1, 15), st.integers(60, 62), st.booleans()), max_size=60))
def test_every_key_is_let_go_when_all_fingers_are_up(events: list[tuple[int, int, bool]]) -> None:
    mpe, down = lower(), set[int]()
    for channel, pitch, on in [*events, *((c, p, False) for c in range(1, 16) for p in (60, 61, 62))]:
        data = mpe.take(bytes(((0x90 if on else 0x80) | channel, pitch, 80)))
        if data is not None:
            (down.add if data[0] & 0xF0 == 0x90 else down.discard)(pitch)
    assert not down
