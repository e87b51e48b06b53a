import math

from hypothesis import given
from hypothesis import strategies as st

from bridge.music.note import BAND, Note, Voice
from bridge.taste.features import FARTHEST, NAMES, SIZE, Frame, features, measured
from tests.bridge.taste.music import phrase

notes = st.builds(
    Note,
    st.sampled_from(BAND),
    st.floats(0, 7.99),
    st.floats(0.01, 8),
    st.integers(0, 127),
    st.integers(1, 127),
)


@given(st.lists(notes, max_size=40), st.one_of(st.none(), st.integers(0, 11)))
def test_whatever_is_played_the_numbers_are_bounded(played: list[Note], tonic: int | None) -> None:
    found = features(played, Frame(0.0, 8.0, tonic=tonic))
    assert len(found) == SIZE
    assert all(abs(value) <= FARTHEST for value in found)


@given(st.lists(notes, max_size=30), st.integers(1, 11))
def test_a_phrase_in_another_key_has_the_same_degrees(played: list[Note], shift: int) -> None:
    low = [Note(n.voice, n.beat, n.duration, n.pitch // 2 + 12, n.velocity) for n in played]
    moved = [
        n if n.voice is Voice.DRUMS else Note(n.voice, n.beat, n.duration, n.pitch + shift, n.velocity) for n in low
    ]
    before, after = measured(low, Frame(0.0, 8.0, tonic=0)), measured(moved, Frame(0.0, 8.0, tonic=shift))
    for degree in range(12):
        assert math.isclose(before.get(f"degree {degree}", 0), after.get(f"degree {degree}", 0), abs_tol=1e-9)


def test_of_a_voice_that_does_not_play_nothing_is_said() -> None:
    found = dict(zip(NAMES, phrase().features, strict=True))
    assert all(value == 0 for name, value in found.items() if name.startswith(("bass", "drums", "chords")))
    assert found["lead density"] != 0


def test_busier_music_is_denser_and_higher_music_lies_higher() -> None:
    slow, fast = (dict(zip(NAMES, phrase(speed).features, strict=True)) for speed in (0.0, 1.0))
    assert fast["lead density"] > slow["lead density"]
    assert fast["lead register"] > slow["lead register"]
    assert fast["sixteenths"] > slow["sixteenths"]


def test_what_lies_off_the_beat_is_told_from_what_lies_on_it() -> None:
    on = [Note(Voice.BASS, float(beat), 0.5, 40, 80) for beat in range(8)]
    off = [Note(Voice.BASS, beat + 0.5, 0.5, 40, 80) for beat in range(8)]
    frame = Frame(0.0, 8.0)
    assert measured(on, frame)["bass off the beat"] == 0.0
    assert measured(off, frame)["bass off the beat"] == 1.0
    assert measured(off, Frame(0.0, 8.0, song=0.5))["bass off the beat"] == 0.0
