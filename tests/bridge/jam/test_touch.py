from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.knobs import Knobs
from bridge.jam.touch import plain, shaped
from bridge.music.note import Note, Voice

BASS = Note(Voice.BASS, 2.0, 4.0, 40, 80)


def test_a_loud_player_makes_the_band_louder_as_far_as_it_follows() -> None:
    assert shaped(BASS, Knobs(velocity_follow=0.5), 100.0).velocity == 90
    assert shaped(BASS, Knobs(velocity_follow=0.0), 100.0).velocity == 80
    assert shaped(BASS, Knobs(velocity_follow=0.5)).velocity == 80


def test_each_voice_follows_the_players_loudness_as_far_as_it_has_a_share_in_that() -> None:
    knobs = Knobs(velocity_follow=1.0, velocity_share={Voice.BASS: 0.25, Voice.DRUMS: 0.0})
    drum, lead = Note(Voice.DRUMS, 0.0, 0.1, 36, 80), Note(Voice.LEAD, 0.0, 1.0, 72, 80)
    assert [shaped(note, knobs, 120.0).velocity for note in (drum, BASS, lead)] == [80, 90, 120]


def test_a_note_ends_with_its_turn() -> None:
    assert shaped(BASS, Knobs(), 80.0, 5.0).duration == 3.0


def test_drums_are_not_transposed() -> None:
    knobs = Knobs(transpose={Voice.DRUMS: 5, Voice.BASS: 5})
    assert shaped(Note(Voice.DRUMS, 0.0, 0.1, 36, 80), knobs).pitch == 36
    assert shaped(BASS, knobs).pitch == 45


@given(st.integers(-24, 24), st.integers(20, 100), st.integers(30, 90), st.floats(0.5, 1.2))
def test_what_was_kept_plain_sounds_as_it_did(move: int, velocity: int, pitch: int, level: float) -> None:
    knobs = Knobs(transpose={Voice.BASS: move}, level={Voice.BASS: level})
    played = shaped(Note(Voice.BASS, 0.0, 1.0, pitch, velocity), knobs)
    again = shaped(plain(played, knobs), knobs)
    assert again.pitch == played.pitch
    assert abs(again.velocity - played.velocity) <= 1
