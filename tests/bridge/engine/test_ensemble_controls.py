import math
from itertools import pairwise

import numpy as np

from bridge.engine import ensemble_controls as told
from bridge.music.chord import Chord
from bridge.music.note import Voice


def test_nothing_known_is_all_zeros() -> None:
    assert not told.wishes().any()


def test_a_scale_says_its_tonic_first() -> None:
    row = told.wishes(key=(9, 11, 0, 2, 4, 5, 7))
    assert row[told.TONIC].argmax() == 9
    assert row[told.SCALE].sum() == 7
    assert row[told.KEY_KNOWN] == 1


def test_a_knob_that_is_not_known_leaves_no_trace() -> None:
    assert np.array_equal(told.wishes(density={Voice.BASS: math.nan}, register={Voice.DRUMS: 40.0}), told.wishes())


def test_voices_styles_density_and_register_each_have_a_place_of_their_own() -> None:
    rows = [
        told.wishes(voices=(Voice.BASS,)),
        told.wishes(style=3),
        told.wishes(density={Voice.BASS: 2.0}),
        told.wishes(register={Voice.BASS: 50.0}),
    ]
    used = [set(np.flatnonzero(row)) for row in rows]
    assert all(not a & b for n, a in enumerate(used) for b in used[n + 1 :])
    assert all(used)


def test_a_chord_tells_its_tones_its_root_and_a_bass_of_its_own() -> None:
    row = told.chord_row(Chord(7, "7", 11))
    assert set(np.flatnonzero(row[:12])) == {7, 11, 2, 5}
    assert row[12:24].argmax() == 7
    assert row[24:36].argmax() == 11


def test_silence_is_told_from_a_chord_that_is_not_known() -> None:
    assert told.chord_row(None).sum() == 1


def test_the_layout_names_every_number_of_the_row() -> None:
    ends = [line.split()[:3] for line in told.layout().splitlines()]
    spans = [(int(start), int(end)) for start, _, end in ends]
    assert spans[0][0] == 0
    assert spans[-1][1] == told.SIZE - 1
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(spans))
