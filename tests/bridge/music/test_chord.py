import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SettingsError
from bridge.music.chord import KINDS, Chord, parse

CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(list(KINDS)), st.none() | st.integers(0, 11))


@given(CHORDS)
def test_a_chord_is_read_back_from_its_own_symbol(chord: Chord) -> None:
    found = parse(chord.name)
    assert found is not None
    assert set(found.pitch_classes) == set(chord.pitch_classes)
    assert found.lowest == chord.lowest


@given(CHORDS, st.integers(-24, 24))
def test_transposing_moves_every_pitch_class(chord: Chord, by: int) -> None:
    assert set(chord.moved(by).pitch_classes) == {(pitch + by) % 12 for pitch in chord.pitch_classes}


@pytest.mark.parametrize(
    ("symbol", "pitch_classes"),
    [
        ("F#m7b5", {6, 9, 0, 4}),
        ("Bbmaj7", {10, 2, 5, 9}),
        ("G/B", {7, 11, 2}),
        ("Cmin", {0, 3, 7}),
        ("D7(b9)", {2, 6, 9, 0}),
        ("E♭Δ", {3, 7, 10, 2}),
        ("Amadd9", {9, 0, 4}),
        ("C/D", {0, 4, 7, 2}),
    ],
)
def test_usual_spellings_are_understood(symbol: str, pitch_classes: set[int]) -> None:
    chord = parse(symbol)
    assert chord is not None
    assert set(chord.pitch_classes) == pitch_classes


def test_no_chord_is_none() -> None:
    assert parse("N.C.") is None


@pytest.mark.parametrize("symbol", ["H", "c", "Cxyz", "C/", "💥", "C/H"])
def test_what_is_no_chord_says_how_to_write_one(symbol: str) -> None:
    with pytest.raises(SettingsError, match="write it like"):
        parse(symbol)
