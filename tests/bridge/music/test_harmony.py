import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.music.chord import KINDS, Chord, parse
from bridge.music.harmony import HEARD, SILENCE, Ints, entering, fit, recognise

unhurried = settings(max_examples=60, deadline=None)
KIND_LIST = list(KINDS)


def heard(symbols: str, tonic: int = 0, mode: str = "major", beats: int = 2, moved: int = 0) -> list[str]:
    """Names of the chords that are heard in block chords over their roots."""
    notes = []
    for index, symbol in enumerate(symbols.split()):
        chord = parse(symbol)
        if chord is None:
            continue
        start = index * beats * 24
        pitches = [60 + (pc + moved) % 12 for pc in chord.pitch_classes]
        notes += [(start, beats * 24, pitch, False) for pitch in pitches]
        notes.append((start, beats * 24, 36 + (chord.lowest + moved) % 12, True))
    table = np.array(notes, np.int32)
    edges = np.arange(0, len(symbols.split()) * beats * 24 + 1, 24).astype(np.int32)
    strengths = np.array([2 if n % 4 == 0 else int(n % 2 == 0) for n in range(len(edges) - 1)], np.int32)
    rows: Ints = recognise(
        table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(bool), edges, strengths, (tonic + moved) % 12, mode
    )
    return ["N" if root == SILENCE else Chord(root, KIND_LIST[kind]).name for _, root, kind in rows.tolist()]


def test_a_cadence_is_heard() -> None:
    assert heard("C F G7 C") == ["C", "F", "G7", "C"]
    assert heard("Am Dm E7 Am", 9, "minor") == ["Am", "Dm", "E7", "Am"]


def test_every_kind_that_is_listened_for_is_heard_where_it_is_plain() -> None:
    for kind in HEARD:
        assert heard(f"C{kind} C{kind}", beats=4)[0] == f"C{kind}"


def test_silence_before_the_first_note_is_no_chord() -> None:
    assert heard("N.C. C") == ["N", "C"]


@unhurried
@given(st.integers(0, 11))
def test_what_is_heard_moves_with_the_music(moved: int) -> None:
    plain = [parse(name) for name in heard("C Am Dm G7 C F G C")]
    assert [parse(name) for name in heard("C Am Dm G7 C F G C", moved=moved)] == [
        chord.moved(moved) for chord in plain if chord is not None
    ]


def test_the_bass_tells_a_sixth_chord_from_a_seventh() -> None:
    notes, bass = np.zeros(12), np.zeros(12)
    notes[[0, 4, 7, 9]] = 1.0
    bass[9] = 1.0
    scores = fit(notes, bass)
    assert divmod(int(scores.argmax()), len(HEARD)) == (9, HEARD.index("m7"))


def test_chords_of_the_key_cost_less_to_enter() -> None:
    costs = entering(0, "major")
    assert costs[0, HEARD.index("")] == 0
    assert costs[0, HEARD.index("")] > costs[1, HEARD.index("")]
    assert costs[2, HEARD.index("m")] > costs[2, HEARD.index("")]
    assert (costs <= 0).all()
