from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.jam.listener import Listener
from bridge.music.key import Key

C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60)


def play(listener: Listener, pitches: tuple[int, ...], start: float = 0.0, velocity: int = 80) -> None:
    for index, pitch in enumerate(pitches):
        listener.press(start + index * 0.5, 0, pitch, velocity)
        listener.release(start + index * 0.5 + 0.4, 0, pitch)


def test_a_key_or_a_pedal_that_is_down_means_playing() -> None:
    listener = Listener()
    assert not listener.busy
    listener.press(0.0, 3, 60, 80)
    listener.pedal(0.5, 3, True)
    listener.release(1.0, 3, 60)
    assert listener.busy
    listener.pedal(2.0, 3, False)
    assert not listener.busy
    assert listener.last == 2.0


def test_the_same_key_on_two_channels_is_two_keys() -> None:
    listener = Listener()
    listener.press(0.0, 0, 60, 80)
    listener.press(0.0, 1, 60, 80)
    listener.release(1.0, 0, 60)
    assert listener.busy
    listener.release(1.0, 1, 60)
    assert not listener.busy


def test_the_key_of_a_tune_is_heard_and_too_little_names_none() -> None:
    listener = Listener()
    listener.press(0.0, 0, 60, 80)
    assert listener.key() is None
    assert listener.palette() == ()
    play(listener, C_MAJOR)
    assert listener.key() == Key(0, "major")
    assert listener.palette() == (0, 2, 4, 5, 7, 9, 11)


def test_the_key_follows_a_player_who_moves_to_another() -> None:
    listener = Listener()
    play(listener, C_MAJOR)
    for again in range(10):
        play(listener, tuple(pitch + 6 for pitch in C_MAJOR), 10.0 + again * 8)
    assert listener.key() == Key(6, "major")


def test_while_the_key_is_open_only_what_the_likely_keys_share_is_safe() -> None:
    listener = Listener()
    play(listener, (60, 62, 64, 65, 67, 65, 64, 62))
    assert {0, 2, 4, 5, 7} <= set(listener.palette()) <= {0, 2, 4, 5, 7, 9, 11}


def test_a_colour_the_player_leans_on_is_safe_too() -> None:
    listener = Listener()
    play(listener, (*C_MAJOR, 66, 67, 66, 67, 66))
    assert 6 in listener.palette(Key(0, "major"))


def test_loudness_register_and_density_are_those_of_the_playing() -> None:
    listener = Listener()
    play(listener, (60, 62, 64, 65, 67), velocity=100)
    assert listener.velocity() == 100
    assert listener.register() == 64
    assert listener.density() == 2.0


def test_a_rest_does_not_thin_the_density() -> None:
    listener = Listener()
    play(listener, (60, 62, 64, 65))
    play(listener, (60, 62, 64, 65), start=50.0)
    assert 1.0 < listener.density() < 2.0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 15), st.integers(0, 127)), max_size=60))
def test_lifting_lets_go_of_everything(events: list[tuple[bool, int, int]]) -> None:
    listener = Listener()
    for beat, (down, channel, pitch) in enumerate(events):
        if down:
            listener.press(float(beat), channel, pitch, 80)
        else:
            listener.release(float(beat), channel, pitch)
        if pitch % 7 == 0:
            listener.pedal(float(beat), channel, down)
    listener.lift(100.0)
    assert not listener.busy


def test_a_player_who_comes_in_every_four_bars_is_expected_to_again() -> None:
    listener = Listener()
    play(listener, C_MAJOR)
    assert listener.expected(4.0) is None
    play(listener, C_MAJOR, start=16.1)
    assert listener.expected(4.0) == 32.2
    play(listener, C_MAJOR, start=26.7)
    assert listener.expected(4.0) is None


def test_a_jump_in_mid_play_forgets_the_bars_and_not_the_harmony() -> None:
    for going_on in (True, False):
        listener = Listener()
        listener.follow(0.0, TempoMap())
        play(listener, C_MAJOR)
        listener.follow(6.0, TempoMap())
        listener.jump(6.0, going_on)
        listener.follow(6.0, TempoMap(song=-6.0))
        assert (listener.ear.to_come(8.0, -6.0, TempoMap().meter) != ()) is going_on


def test_a_key_that_is_told_is_not_doubted() -> None:
    told, heard = Listener(), Listener()
    for listener, key in ((told, Key(9, "minor")), (heard, None)):
        listener.follow(0.0, TempoMap(), key)
        play(listener, (60, 64, 67, 69))
        listener.follow(2.0, TempoMap(), key)
        assert listener.ear.to_come(4.0, 0.0, TempoMap().meter)
    assert heard.key() != Key(9, "minor")
