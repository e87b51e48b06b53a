import pytest

from bridge.errors import SettingsError
from bridge.music.chord import Chord, parse
from export.data.sheets import chord_rows, symbol
from export.data.symbols import colon, roman


@pytest.mark.parametrize(
    ("text", "name"),
    [("Ab:min7/b3", "Abm7/B"), ("C:maj", "C"), ("F#:hdim7", "F#m7b5"), ("G:sus4(b7)", "G7sus4"), ("D:maj/5", "D/A"),
     ("E:maj(9)", "E"), ("A:1", "A5"), ("Bb:maj6(9)", "Bb6"), ("C:7(#9)", "C7")],
)  # fmt: skip
def test_symbols_with_a_colon(text: str, name: str) -> None:
    assert colon(text) == parse(name)


def test_no_chord_and_nonsense_after_a_colon() -> None:
    assert colon("N") is None
    for text in ("&pause", "*", "X:maj7y", "C"):
        with pytest.raises(SettingsError):
            colon(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("I", "C"), ("vi", "Am"), ("V7", "G7"), ("ii7", "Dm7"), ("I6", "C/E"), ("V65", "G7/B"), ("V7/ii", "A7"),
     ("bVIId7", "Bb7"), ("viix7/V", "F#dim7"), ("iih7", "Dm7b5"), ("I7", "Cmaj7"), ("iio6", "Ddim/F"), ("Ia", "Caug"),
     ("V42/IV", "C7/Bb"), ("Vs4", "Gsus4"), ("ivm6", "Fm6"), ("bVIIM7", "Bbmaj7"), ("im7", "Cm7"), ("Idom7", "C7")],
)  # fmt: skip
def test_roman_numerals_in_c(text: str, name: str) -> None:
    assert roman(text, 0) == parse(name)


def test_degrees_are_counted_in_the_scale_that_is_meant() -> None:
    assert roman("VI", 9, "minor") == Chord(5)
    assert roman("VI", 9) == Chord(6)
    with pytest.raises(SettingsError):
        roman("R", 0)


def test_folk_symbols() -> None:
    assert symbol("D/f+") == parse("D/F#")
    assert symbol("Gm/b-") == parse("Gm/Bb")
    assert symbol("D m") == parse("Dm")
    with pytest.raises(SettingsError):
        symbol("f#")


def test_a_bass_note_alone_leaves_the_chord_standing() -> None:
    rows = chord_rows([(0.0, "G"), (2.0, "f#"), (4.0, "Em"), (6.0, "Em"), (8.0, "N.C.")])
    assert rows[:, 0].tolist() == [0, 96, 192]
    assert rows[:, 1].tolist() == [7, 4, -1]
