"""Harmony under the finger, through the real wire on the loopback."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.midi.ports import IN
from bridge.music.key import Key
from bridge.music.note import Voice
from bridge.music.under import table
from bridge.wire.protocol import Harmony, Panic
from tests.bridge.wire.cable import onsets, open_notes
from tests.bridge.wire.test_wire import Bench

IN_C = Harmony(Voice.CHORDS, table(Key(0)))


def press(bench: Bench, pitch: int) -> None:
    bench.ports.arrive(IN, bytes((0x90, pitch, 80)))
    bench.run(0.003)


def release(bench: Bench, pitch: int) -> None:
    bench.ports.arrive(IN, bytes((0x80, pitch, 64)))
    bench.run(0.003)


def pedal(bench: Bench, value: int) -> None:
    bench.ports.arrive(IN, bytes((0xB0, 64, value)))
    bench.run(0.003)


def harmonised(message: Harmony = IN_C) -> Bench:
    bench = Bench()
    bench.run(0.01, message)
    return bench


def test_a_chord_sounds_under_the_key_at_once_and_ends_with_it() -> None:
    bench = harmonised()
    at = bench.time.now()
    press(bench, 72)
    assert {pitch for _, pitch in onsets(bench.out, "chords")} == {67, 64}
    assert all(time - at < 0.002 for time, _ in onsets(bench.out, "chords"))
    bench.run(5.0)
    assert sum(open_notes(bench.out).values()) == 2
    release(bench, 72)
    assert not open_notes(bench.out)


def test_a_note_that_two_keys_call_for_lasts_as_long_as_either() -> None:
    bench = harmonised()
    press(bench, 72)
    press(bench, 76)  # wants 72 and 67
    release(bench, 72)
    assert set(open_notes(bench.out)) == {("chords", 0, 72), ("chords", 0, 67)}
    release(bench, 76)
    assert not open_notes(bench.out)


def test_the_pedal_holds_the_harmony_too() -> None:
    bench = harmonised()
    pedal(bench, 127)
    press(bench, 72)
    release(bench, 72)
    assert open_notes(bench.out)
    pedal(bench, 0)
    assert not open_notes(bench.out)


def test_a_new_table_counts_from_the_next_key_on() -> None:
    bench = harmonised()
    press(bench, 72)
    bench.run(0.01, Harmony(Voice.CHORDS))
    press(bench, 74)
    assert sum(open_notes(bench.out).values()) == 2
    release(bench, 72)
    release(bench, 74)
    assert not open_notes(bench.out)


def test_a_panic_lets_go_of_the_harmony() -> None:
    bench = harmonised()
    press(bench, 72)
    bench.run(0.01, Panic())
    assert not open_notes(bench.out)
    release(bench, 72)
    assert not open_notes(bench.out)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["on", "off", "down", "up", "C", "G", "none"]), st.integers(57, 77)), max_size=40
    )
)
def test_whatever_is_played_every_harmony_note_ends_once(events: list[tuple[str, int]]) -> None:
    bench = harmonised()
    tables = {"C": IN_C, "G": Harmony(Voice.CHORDS, table(Key(7))), "none": Harmony(Voice.CHORDS)}
    for what, pitch in events:
        match what:
            case "on":
                press(bench, pitch)
            case "off":
                release(bench, pitch)
            case "down" | "up":
                pedal(bench, 127 if what == "down" else 0)
            case _:
                bench.run(0.003, tables[what])
    pedal(bench, 0)
    for pitch in range(57, 78):
        release(bench, pitch)
    assert not open_notes(bench.out)


def test_a_daw_that_says_all_notes_off_at_its_stop_ends_the_harmony_too() -> None:
    bench = harmonised()
    press(bench, 72)
    pedal(bench, 127)
    bench.ports.arrive(IN, bytes((0xB0, 123, 0)))
    bench.run(0.003)
    assert not open_notes(bench.out)
