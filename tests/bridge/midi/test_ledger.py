import os
import stat
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import PortError
from bridge.midi.ledger import Ledger, Left
from bridge.midi.messages import ControlChange, NoteOff, NoteOn, decode, encode

PORTS = ("lead", "bass")
NOTES = st.tuples(st.sampled_from(PORTS), st.integers(0, 15), st.integers(0, 127))
STEPS = st.lists(st.tuples(st.sampled_from(("on", "off", "down", "up")), NOTES), max_size=40)


def play(ledger: Ledger, steps: list[tuple[str, tuple[str, int, int]]]) -> tuple[set, set]:  # type: ignore[type-arg]
    """Carry out the steps as the wire would; what must sound and which pedals are down afterwards."""
    sounding: set[tuple[str, int, int]] = set()
    pedals: set[tuple[str, int]] = set()
    for what, (port, channel, pitch) in steps:
        if what in ("on", "off"):
            data = encode(NoteOn(channel, pitch, 64) if what == "on" else NoteOff(channel, pitch))
            (sounding.add if what == "on" else sounding.discard)((port, channel, pitch))
        else:
            data = encode(ControlChange(channel, 64, 127 if what == "down" else 0))
            (pedals.add if what == "down" else pedals.discard)((port, channel))
        ledger.before(port, data)
        ledger.after(port, data)
    return sounding, pedals


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whenever_we_are_killed_the_next_wire_closes_exactly_what_sounds_once(
    steps: list[tuple[str, tuple[str, int, int]]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        ledger = Ledger(path, PORTS)
        sounding, pedals = play(ledger, steps)
        # No close, no flush: this is all that a killed process leaves.
        left, why = Ledger.recover(path)
        assert left is not None, why
        decoded = [(port, decode(data)) for port, data in left.closing_messages()]
        offs = Counter(
            (port, message.channel, message.pitch) for port, message in decoded if isinstance(message, NoteOff)
        )
        assert offs == Counter(sounding)
        lifted = Counter(
            (port, message.channel)
            for port, message in decoded
            if isinstance(message, ControlChange) and message.control == 64
        )
        assert lifted == Counter(pedals)
        ledger.close()


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_after_its_closing_messages_nothing_sounds(steps: list[tuple[str, tuple[str, int, int]]]) -> None:
    ledger = Ledger(None, PORTS)
    play(ledger, steps)
    for port, data in ledger.closing_messages():
        ledger.before(port, data)
        ledger.after(port, data)
    assert ledger.left().notes == ()
    assert ledger.left().pedals == ()


def test_known_notes_are_closed_before_pedals_and_pedals_before_everything() -> None:
    ledger = Ledger(None, PORTS)
    ledger.pedal("bass", 1, True)
    ledger.on("lead", 0, 60)
    assert ledger.closing_messages() == [
        ("lead", b"\x80\x3c\x40"),
        ("bass", b"\xb1\x40\x00"),
        ("lead", b"\xb0\x7b\x00"),
        ("lead", b"\xb0\x78\x00"),
        ("bass", b"\xb1\x7b\x00"),
        ("bass", b"\xb1\x78\x00"),
    ]


def test_a_note_counts_as_sounding_before_it_is_written_until_its_off_was() -> None:
    ledger = Ledger(None, PORTS)
    ledger.before("lead", b"\x90\x3c\x40")
    assert ledger.sounding() == (("lead", 0, 60),)
    assert ledger.marked("lead", 0, 60)
    assert not ledger.marked("bass", 0, 60)
    ledger.after("lead", b"\x90\x3c\x40")
    ledger.before("lead", b"\x90\x3c\x00")
    assert ledger.sounding() == (("lead", 0, 60),)
    ledger.after("lead", b"\x90\x3c\x00")
    assert ledger.sounding() == ()


def test_all_notes_off_clears_its_channel_only() -> None:
    ledger = Ledger(None, PORTS)
    ledger.on("lead", 0, 60)
    ledger.on("lead", 1, 60)
    ledger.after("lead", b"\xb0\x7b\x00")
    assert ledger.sounding() == (("lead", 1, 60),)


def test_what_was_left_is_taken_over_and_so_survives_a_second_kill(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger"
    first = Ledger(path, PORTS)
    first.on("lead", 0, 60)
    first.pedal("bass", 2, True)
    first.remember_connections({"lead": ("synth:in",)})
    left, _ = Ledger.recover(path)
    Ledger(path, ("bass", "lead", "drums"), left)
    again, _ = Ledger.recover(path)
    assert again == Left((("lead", 0, 60),), (("bass", 2),), (("bass", 2), ("lead", 0)), {"lead": ("synth:in",)})


def test_notes_of_a_port_that_is_no_longer_ours_are_let_go(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger(path, PORTS).on("lead", 0, 60)
    left, _ = Ledger.recover(path)
    assert Ledger(path, ("bass",), left).sounding() == ()


def test_the_latest_connections_are_remembered_and_too_many_leave_the_former_ones(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path, PORTS)
    for number in range(5):
        assert ledger.remember_connections({"lead": (f"synth {number}:in",), "in": ("keys:out",)})
    assert not ledger.remember_connections({"lead": ("x" * 40_000,)})
    left, _ = Ledger.recover(path)
    assert left is not None
    assert left.connections == {"lead": ("synth 4:in",), "in": ("keys:out",)}


def test_connections_half_written_give_the_ones_before(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path, PORTS)
    ledger.remember_connections({"lead": ("first:in",)})
    ledger.remember_connections({"lead": ("second:in",)})
    path.write_bytes(path.read_bytes().replace(b"second", b"secXXX"))
    left, _ = Ledger.recover(path)
    assert left is not None
    assert left.connections == {"lead": ("first:in",)}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_damage_to_the_file_raises(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        ledger = Ledger(path, PORTS)
        ledger.on("lead", 0, 60)
        ledger.remember_connections({"lead": ("synth:in",)})
        content = bytearray(path.read_bytes())
        for at, value in data.draw(
            st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=5)
        ):
            content[at] = value
        path.write_bytes(content[: data.draw(st.sampled_from((0, 7, 20, 300, len(content))))])
        left, why = Ledger.recover(path)
        assert (left is None) == bool(why)


def test_a_foreign_file_is_left_alone_and_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    assert Ledger.recover(path) == (None, "there is no ledger yet")
    path.write_bytes(b"something else entirely" * 9)
    left, why = Ledger.recover(path)
    assert left is None
    assert "is not a note ledger" in why
    assert Ledger.recover(tmp_path)[0] is None


def test_a_ledger_that_cannot_be_made_says_where_and_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(PortError, match="state folder that can be written to"):
        Ledger(blocked / "ledger", PORTS)


def test_the_ledger_is_a_plain_file_in_place(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger(path, PORTS).close()
    assert os.listdir(tmp_path) == ["ledger"]
    assert stat.S_ISREG(path.stat().st_mode)


def test_a_port_name_too_long_for_the_ledger_is_refused() -> None:
    with pytest.raises(ValueError, match="port name"):
        Ledger(None, ("x" * 33,))
