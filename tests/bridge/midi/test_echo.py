from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.midi.echo import EchoGuard, LoopBreaker

ON, OFF = b"\x90\x3c\x40", b"\x80\x3c\x40"


def test_what_we_sent_and_comes_back_within_30_ms_is_an_echo() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert not guard.accepts(1.029, "in", ON)


def test_a_player_who_comes_in_on_our_pitch_and_beat_is_heard() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert guard.accepts(1.001, "in", b"\x90\x3c\x50")
    assert guard.accepts(1.5, "in", OFF)


def test_after_30_ms_the_same_note_is_the_players() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert guard.accepts(1.031, "in", ON)


def test_each_message_sent_excuses_only_one_arrival() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert [guard.accepts(1.01, "in", ON) for _ in range(3)] == [False, True, True]


def test_another_pitch_or_channel_is_the_players() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert guard.accepts(1.0, "in", b"\x90\x3d\x40")
    assert guard.accepts(1.0, "in", b"\x91\x3c\x40")


def test_the_off_of_an_ignored_note_is_ignored_however_late_and_however_written() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "lead", ON)
    assert not guard.accepts(1.0, "in", ON)
    assert not guard.accepts(9.0, "in", b"\x90\x3c\x00")
    assert guard.accepts(9.1, "in", ON)


def test_the_built_in_player_is_no_echo() -> None:
    guard = EchoGuard()
    guard.sent(1.0, "guest", ON)
    assert guard.accepts(1.001, "in", ON)


def test_controllers_are_guarded_and_clock_never() -> None:
    guard = EchoGuard()
    for data in (b"\xb0\x01\x40", b"\xf8"):
        guard.sent(1.0, "lead", data)
    assert not guard.accepts(1.0, "in", b"\xb0\x01\x40")
    assert guard.accepts(1.0, "in", b"\xb0\x01\x41")
    assert guard.accepts(1.0, "in", b"\xf8")


PITCHES = st.integers(60, 62)
EVENTS = st.lists(
    st.tuples(st.sampled_from(("send on", "send off", "on", "off")), PITCHES, st.floats(0, 0.05)), max_size=60
)


@settings(max_examples=200)
@given(EVENTS)
def test_the_off_of_an_accepted_note_is_never_swallowed(events: list[tuple[str, int, float]]) -> None:
    guard, time = EchoGuard(), 0.0
    held = dict.fromkeys((60, 61, 62), 0)
    for what, pitch, gap in events:
        time += gap
        on, off = bytes((0x90, pitch, 64)), bytes((0x80, pitch, 64))
        if what == "send on":
            guard.sent(time, "lead", on)
        elif what == "send off":
            guard.sent(time, "lead", off)
        elif what == "on":
            held[pitch] += guard.accepts(time, "in", on)
        else:
            accepted = guard.accepts(time, "in", off)
            assert accepted or not held[pitch]
            held[pitch] = max(held[pitch] - accepted, 0)


@settings(max_examples=100)
@given(st.lists(st.tuples(PITCHES, st.floats(0.001, 0.5), st.floats(0, 0.02)), max_size=30))
def test_a_band_played_back_into_its_own_input_is_not_heard_at_all(
    notes: list[tuple[int, float, float]],
) -> None:
    guard, time = EchoGuard(), 0.0
    for pitch, length, delay in notes:
        on, off = bytes((0x90, pitch, 64)), bytes((0x80, pitch, 64))
        for data, gap in ((on, length), (off, 0.05)):
            guard.sent(time, "lead", data)
            assert not guard.accepts(time + delay, "in", data)
            time += delay + gap


def test_a_runaway_is_cut_reported_once_and_over_when_it_is_quiet() -> None:
    guard = EchoGuard()
    accepted = [guard.accepts(number / 1000, "in", ON) for number in range(2000)]
    assert accepted[:200] == [True] * 200
    assert not any(accepted[201:])
    assert "run away on port in" in guard.take_complaint()
    assert guard.take_complaint() == ""
    assert guard.accepts(4.0, "in", ON)


def test_a_key_held_when_the_breaker_opens_is_let_go() -> None:
    guard = EchoGuard()
    assert guard.accepts(0.0, "in", b"\x90\x40\x40")
    for number in range(1000):
        guard.accepts(number / 1000, "in", ON)
    assert guard.accepts(1.0, "in", b"\x80\x40\x40")


def test_the_fastest_playing_does_not_open_the_breaker() -> None:
    breaker = LoopBreaker()
    assert not any(breaker.note(number / 390) for number in range(2000))
    assert not breaker.open
