import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.drum_feel import GROUPS
from bridge.music.groove import Groove
from bridge.music.note import Note, Voice

SWUNG = Groove(swing={Voice.BASS: 1.0})


def note(beat: float, voice: Voice = Voice.BASS, duration: float = 0.5) -> Note:
    return Note(voice, beat, duration, 40, 80)


def test_without_a_groove_everything_is_where_it_was_planned() -> None:
    assert not Groove().moves
    assert Groove().on(note(1.5), 0.0, 120.0) == 1.5
    assert Groove().off(note(1.5), 0.0, 1.5) == 2.0


def test_full_swing_plays_eighths_as_triplets_and_leaves_the_beat_alone() -> None:
    assert SWUNG.on(note(2.0), 0.0, 120.0) == pytest.approx(2.0)
    assert SWUNG.on(note(2.5), 0.0, 120.0) == pytest.approx(2 + 2 / 3)
    assert SWUNG.off(note(2.0), 0.0, 2.0) == pytest.approx(2 + 2 / 3)
    assert SWUNG.off(note(2.5), 0.0, 2 + 2 / 3) == pytest.approx(3.0)


def test_the_song_says_where_the_beat_is() -> None:
    assert SWUNG.on(note(2.0), 0.5, 120.0) == pytest.approx(2 + 1 / 6)
    assert SWUNG.on(note(2.5), 0.5, 120.0) == pytest.approx(2.5)


def test_sixteenths_swing_within_the_half_beat() -> None:
    groove = Groove(swing={Voice.BASS: 1.0}, unit=0.25)
    assert groove.on(note(2.25), 0.0, 120.0) == pytest.approx(2 + 1 / 3)
    assert groove.on(note(2.5), 0.0, 120.0) == pytest.approx(2.5)


def test_a_voice_swings_by_itself() -> None:
    assert SWUNG.on(note(2.5, Voice.CHORDS), 0.0, 120.0) == 2.5


@given(st.floats(0, 64), st.floats(0, 64), st.floats(0, 1))
def test_swing_keeps_the_order_of_what_is_on_no_triplet(one: float, other: float, amount: float) -> None:
    groove = Groove(swing={Voice.BASS: amount})
    one, other = round(one * 8) / 8, round(other * 8) / 8
    first, second = (groove.on(note(beat), 0.0, 120.0) for beat in (one, other))
    assert (first <= second + 1e-9) or one > other


@given(st.floats(0, 64), st.floats(0.01, 4), st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(GROUPS)))
def test_every_note_keeps_some_length(beat: float, length: float, swing: float, feel: float, style: str) -> None:
    groove = Groove(swing={Voice.DRUMS: swing}, feel=feel, style=style)
    moved = note(beat, Voice.DRUMS, length)
    began = groove.on(moved, 0.0, 120.0)
    assert groove.off(moved, 0.0, began) - began >= min(length, 1 / 32) - 1e-9


def test_a_drummer_is_late_by_milliseconds_and_always_by_the_same_at_the_same_place() -> None:
    groove = Groove(feel=1.0, style="jazz")
    places = [beat / 4 for beat in range(256)]
    late = [(groove.on(note(beat, Voice.DRUMS), 0.0, 120.0) - beat) * 500 for beat in places]
    assert 5 < max(abs(each) for each in late) < 40
    assert len({round(each, 3) for each in late}) > 100
    assert late == [(groove.on(note(beat, Voice.DRUMS), 0.0, 120.0) - beat) * 500 for beat in places]
    assert groove.on(note(1.0), 0.0, 120.0) == 1.0


def test_a_stroke_with_a_timing_of_its_own_keeps_it() -> None:
    assert Groove(feel=1.0).on(note(1.02, Voice.DRUMS), 0.0, 120.0) == 1.02
