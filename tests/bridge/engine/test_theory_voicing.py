import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bridge.engine.theory_layout import (
    BASS,
    BASS_LOW,
    BASS_SIZE,
    CHORDS,
    CHORDS_LOW,
    CHORDS_SIZE,
    HALVES,
    HOLD,
    ONSET,
    STEPS,
    SYMBOLS,
    Page,
    symbol_of,
    tones,
)
from bridge.engine.theory_voicing import on_chords, on_roots
from bridge.music.chord import Chord, parse

EVERYWHERE = np.ones(HALVES, np.bool_)


def page(chords: dict[int, list[int]], bass: dict[int, int], symbol: int) -> Page:
    """Four bars of 4/4 with MIDI pitches struck at some steps."""
    states = np.full((3, STEPS), HOLD, np.int64)
    struck, low = np.zeros((STEPS, CHORDS_SIZE), np.bool_), np.zeros(STEPS, np.int64)
    for step, pitches in chords.items():
        states[CHORDS, step] = ONSET
        struck[step, [pitch - CHORDS_LOW for pitch in pitches]] = True
    for step, pitch in bass.items():
        states[BASS, step] = ONSET
        low[step] = pitch - BASS_LOW + 1
    symbols = np.full(HALVES, symbol, np.int64)
    return Page(states, np.zeros(STEPS, np.int64), struck, low, symbols, np.ones(3, np.bool_), 16, 0, (80, 80, 80))


def sounding(row: NDArray[np.bool_]) -> list[int]:
    return [int(pitch) + CHORDS_LOW for pitch in np.flatnonzero(row)]


def told(name: str) -> int:
    found = parse(name)
    assert found is not None
    return symbol_of(found)


def test_a_voicing_of_another_chord_comes_onto_the_tones_of_its_own() -> None:
    found = on_chords(page({0: [60, 64, 67], 8: [60, 64, 67]}, {}, told("F")), EVERYWHERE)
    assert sounding(found.chords[0]) == [60, 65, 69]
    untouched = on_chords(page({0: [60, 64, 67]}, {}, told("F")), ~EVERYWHERE)
    assert sounding(untouched.chords[0]) == [60, 64, 67]


def test_where_no_chord_is_known_nothing_moves() -> None:
    assert sounding(on_chords(page({0: [61, 62, 63]}, {}, 0), EVERYWHERE).chords[0]) == [61, 62, 63]


@given(st.integers(1, SYMBOLS - 1), st.sets(st.integers(CHORDS_LOW, CHORDS_LOW + CHORDS_SIZE - 1), min_size=1))
def test_everything_struck_is_in_the_chord_and_near_where_it_was(symbol: int, pitches: set[int]) -> None:
    found = sounding(on_chords(page({3: sorted(pitches)}, {}, symbol), EVERYWHERE).chords[3])
    assert found
    assert all(tones(symbol)[pitch % 12] for pitch in found)
    assert all(min(abs(pitch - other) for other in pitches) <= 8 for pitch in found)
    assert len(found) <= len(pitches)


def test_the_bass_begins_a_told_half_bar_on_a_tone_and_goes_on_as_it_will() -> None:
    line = on_roots(page({}, {0: 38, 4: 38, 8: 43}, symbol_of(Chord(0))), EVERYWHERE)
    assert [int(line.bass[step]) + BASS_LOW - 1 for step in (0, 4, 8)] == [36, 38, 43]
    free = on_roots(page({}, {0: 38}, symbol_of(Chord(0))), ~EVERYWHERE)
    assert int(free.bass[0]) + BASS_LOW - 1 == 38


@given(st.integers(1, SYMBOLS - 1), st.integers(BASS_LOW, BASS_LOW + BASS_SIZE - 1))
def test_the_root_that_the_bass_goes_to_is_in_its_range(symbol: int, pitch: int) -> None:
    found = int(on_roots(page({}, {0: pitch}, symbol), EVERYWHERE).bass[0])
    assert 1 <= found <= BASS_SIZE
    assert tones(symbol)[(found - 1 + BASS_LOW) % 12]
