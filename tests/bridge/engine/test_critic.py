from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.critic import Scene, agreement, chord_fit, clarity, cover, groove, leading, tasteful, theory, variety
from bridge.engine.family import Pressed
from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Note, Span, Voice
from bridge.taste.features import NAMES
from bridge.taste.liking import Taste

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
SCENE = Scene(Span(4.0, 8.0), key=C_MAJOR, chords=(ChordAt(0.0, Chord(0)),))


def chord(beat: float, *pitches: int) -> list[Note]:
    return [Note(Voice.CHORDS, beat, 1.0, pitch, 80) for pitch in pitches]


def bass(beat: float, pitch: int) -> Note:
    return Note(Voice.BASS, beat, 1.0, pitch, 80)


def test_notes_of_the_chord_are_better_than_others() -> None:
    assert chord_fit(chord(4, 60, 64, 67), SCENE) == 1.0
    assert chord_fit(chord(4, 61, 66, 70), SCENE) == 0.0


def test_without_a_chord_track_nothing_is_said_of_chords() -> None:
    assert chord_fit(chord(4, 60), Scene(Span(4.0, 8.0))) is None


def test_a_semitone_against_the_players_key_is_worse_than_a_third() -> None:
    scene = Scene(Span(4.0, 8.0), heard=(Pressed(3.9, 64, 80),))
    rub, third = agreement(chord(4, 63), scene), agreement(chord(4, 60), scene)
    assert rub is not None
    assert third is not None
    assert rub < third


def test_low_notes_close_together_are_muddy() -> None:
    assert clarity([bass(4, 36), *chord(4, 38)], SCENE) == 0.0
    assert clarity([bass(4, 36), *chord(4, 60)], SCENE) == 1.0


def test_small_steps_are_better_than_leaps() -> None:
    near = leading([*chord(4, 60, 64, 67), *chord(5, 60, 65, 69)], SCENE)
    far = leading([*chord(4, 60, 64, 67), *chord(5, 72, 77, 81)], SCENE)
    assert near is not None
    assert far is not None
    assert near > far


def test_an_answer_in_the_players_rhythm_agrees_with_it() -> None:
    scene = Scene(Span(4.0, 8.0), heard=tuple(Pressed(n * 0.5, 60, 80) for n in range(8)))
    assert groove(chord(4.5, 60), scene) == 0.5
    assert groove(chord(4.25, 60), scene) == 0.0


def test_one_pitch_over_and_over_is_dull() -> None:
    same = variety([note for n in range(12) for note in chord(4 + n / 3, 60)], SCENE)
    changing = variety([note for n in range(12) for note in chord(4 + n / 3, 60 + n % 3)], SCENE)
    assert same is not None
    assert changing is not None
    assert same < changing


notes = st.lists(
    st.builds(
        Note,
        st.sampled_from((Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)),
        st.floats(4, 8),
        st.floats(0.1, 4),
        st.integers(0, 127),
        st.integers(1, 127),
    ),
    max_size=20,
)


@given(notes)
def test_a_score_lies_between_bad_and_good(answer: list[Note]) -> None:
    assert 0.0 <= theory(answer, SCENE) <= 1.0


def test_a_band_that_says_nothing_is_worse_than_one_in_tune() -> None:
    assert theory([], SCENE) < theory(chord(4, 60, 64, 67), SCENE)


LOW_LIKED = tuple(-2.0 if name == "chords register" else 0.0 for name in NAMES)


def test_where_nothing_is_known_of_the_players_taste_the_rules_have_it_all() -> None:
    assert tasteful(theory, None) is theory
    assert tasteful(theory, Taste(0.0, LOW_LIKED)) is theory
    assert tasteful(theory, Taste(1.0, (1.0,))) is theory  # of another Antiphon


def test_of_two_answers_as_good_the_player_gets_the_one_that_they_like() -> None:
    low, high = chord(4, 48, 52, 55), chord(4, 72, 76, 79)
    even = tasteful(lambda notes, scene: 0.5, Taste(0.5, LOW_LIKED))
    assert even(low, SCENE) > even(high, SCENE)
    assert all(0.5 <= even(notes, SCENE) <= 1.0 for notes in (low, high, []))


def test_the_knob_says_how_much_the_taste_counts() -> None:
    low = chord(4, 48, 52, 55)
    little, much = (tasteful(theory, Taste(amount, LOW_LIKED))(low, SCENE) for amount in (0.1, 1.0))
    assert theory(low, SCENE) < little < much


def test_a_packs_own_latents_count_where_it_describes_what_it_plays() -> None:
    taste = Taste(1.0, LOW_LIKED, (3.0, 0.0))
    low = chord(4, 48)

    def judged(place: tuple[float, ...]) -> float:
        return tasteful(theory, taste, lambda notes: place)(low, SCENE)

    assert judged((1.0,)) > judged((-1.0,))
    assert judged((1.0, 2.0)) == judged(()) == tasteful(theory, taste)(low, SCENE)


def test_silence_is_no_way_to_please_where_a_pitched_voice_was_asked() -> None:
    scene = Scene(span=Span(0, 4), voices=(Voice.BASS, Voice.DRUMS))
    long = [Note(Voice.BASS, 0.0, 4.0, 36, 80)]
    short = [Note(Voice.BASS, 0.0, 1.0, 36, 80)]
    drums = [Note(Voice.DRUMS, 0.0, 4.0, 36, 80)]
    assert (cover(long, scene), cover(short, scene), cover(drums, scene)) == (1.0, 0.25, 0.0)
    assert cover(drums, Scene(span=Span(0, 4), voices=(Voice.DRUMS,))) is None
