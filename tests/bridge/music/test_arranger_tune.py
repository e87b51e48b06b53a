from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.music.arranger import Bar
from bridge.music.arranger_tune import RANGE, tune
from bridge.music.chord import ChordAt, parse
from bridge.music.key import Key
from bridge.music.meter import Meter

unhurried = settings(max_examples=60, deadline=None)


def bar(number: int, symbol: str) -> Bar:
    return Bar(number, Meter(), Key(0), (ChordAt(0.0, parse(symbol)),))


@unhurried
@given(st.integers(0, 40), st.sampled_from(["C", "Am", "G7", "Bbmaj7"]), st.floats(0, 1), st.integers(0, 50))
def test_beats_have_notes_of_the_chord_and_the_tune_stays_in_its_range(
    number: int, symbol: str, density: float, seed: int
) -> None:
    notes, last = tune(bar(number, symbol), density, 70, None, seed)
    chord = parse(symbol)
    assert chord is not None
    assert notes
    assert notes[-1].pitch == last
    for note in notes:
        assert RANGE[0] <= note.pitch < RANGE[1]
        if note.beat % 2 == 0:
            assert note.pitch % 12 in chord.pitch_classes


def test_the_motif_of_a_bar_returns() -> None:
    rhythms = [[note.beat for note in tune(bar(n, "C"), 0.5, 70, 70, 4)[0]] for n in range(8)]
    assert rhythms[0] == rhythms[1] == rhythms[3]
    assert rhythms[7] != rhythms[0] or rhythms[0] == [0, 1, 2]


def test_there_is_no_tune_without_a_chord() -> None:
    assert tune(Bar(0, Meter(), Key(0), (ChordAt(0.0, None),)))[0] == []
