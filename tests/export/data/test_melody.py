from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from export.data.melody import Tone, is_melodic, quantise, skyline

raw = st.lists(st.tuples(st.floats(0, 40), st.floats(0.01, 6), st.integers(30, 90), st.integers(1, 127)), max_size=50)


@given(raw)
def test_a_skyline_is_one_voice_in_time_order(notes: list[tuple[float, float, int, int]]) -> None:
    line = skyline(quantise(notes))
    assert all(tone.length > 0 for tone in line)
    for first, second in pairwise(line):
        assert first.tick < second.tick
        assert first.end <= second.tick


def test_of_a_chord_the_highest_note_is_the_melody() -> None:
    line = skyline(quantise([(0, 1, 60, 80), (0, 1, 64, 80), (0, 1, 67, 80), (1, 1, 65, 80)]))
    assert [tone.pitch for tone in line] == [67, 65]


def test_an_accompaniment_under_a_held_note_is_left_out() -> None:
    line = skyline(quantise([(0, 4, 72, 80), (1, 0.5, 60, 80), (2, 0.5, 64, 80), (4, 1, 71, 80)]))
    assert [tone.pitch for tone in line] == [72, 71]


def test_a_scale_is_a_tune_and_a_hammered_note_is_not() -> None:
    scale = [Tone(n * 12, 12, 60 + n % 12, 80) for n in range(24)]
    assert is_melodic(scale)
    assert not is_melodic([tone._replace(pitch=60) for tone in scale])
    assert not is_melodic(scale[:5])
    assert not is_melodic([tone._replace(pitch=40 + 30 * (n % 2)) for n, tone in enumerate(scale)])
