import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.naming import match, other_end


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("Synth:port", "Synth:port 128:0"),
        ("Synth:port 129:0", "Synth:port 128:0"),
        ("loopMIDI Port", "loopMIDI Port 1"),
        ("loopMIDI Port 3", "loopMIDI Port 1"),
        ("Default App Loopback (A)", "default app  loopback (a) 2"),
        ("Keystation", "Keystation:Keystation MIDI 1 20:0"),
        ("USB Synth", "a2j:USB Synth [24] (capture): USB Synth MIDI 1"),
        ("ardour:MIDI In", "Ardour:midi_in"),
        ("MIDI in", "ardour:MIDI in"),
        ("ableton", "Ableton Live:in"),
    ],
)
def test_a_port_is_known_under_the_name_each_system_gives_it(wanted: str, offered: str) -> None:
    assert match(wanted, ["Midi Through:Midi Through Port-0 14:0", offered, "other"]) == offered


def test_the_two_ends_of_a_loopback_are_never_mixed_up() -> None:
    assert match("Default App Loopback (A)", ["Default App Loopback (B) 1"]) is None
    assert other_end("Default App Loopback (A) 1") == "Default App Loopback (B) 1"
    assert other_end("Default App Loopback (B)") == "Default App Loopback (A)"
    assert other_end("loopMIDI Port") == "loopMIDI Port"


def test_a_number_that_belongs_to_the_name_counts_before_one_that_was_added() -> None:
    assert match("Synth 2", ["Synth 1 2", "Synth 2 5"]) == "Synth 2 5"


def test_the_exact_name_wins() -> None:
    assert match("Synth", ["synth", "Synth 1", "Synth"]) == "Synth"


@pytest.mark.parametrize("wanted", ["", "  ", "()", "nowhere"])
def test_where_nothing_fits_there_is_no_match(wanted: str) -> None:
    assert match(wanted, ["Synth", "Keys:out", ""]) is None


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=5))
def test_a_match_is_always_one_of_the_names_offered(wanted: str, offered: list[str]) -> None:
    assert match(wanted, offered) in (None, *offered)
