import math

import numpy as np

from bridge.engine import cvae_controls as told
from bridge.engine.cvae_controls import STYLES, Wish, beat_rows, likeness, section_of, wish_row
from bridge.engine.window import Window
from bridge.music.chord import Chord
from bridge.music.note import Voice


def test_nothing_wished_is_nothing_told_but_the_meter() -> None:
    row = wish_row(Wish(), 16)
    assert row.shape == (told.SIZE,)
    assert row.sum() == row[told.BAR].sum() == 1


def test_a_wish_of_nought_is_not_the_same_as_none() -> None:
    assert wish_row(Wish(arousal=0.0), 16)[told.AROUSAL_KNOWN] == 1
    assert wish_row(Wish(arousal=math.nan), 16)[told.AROUSAL_KNOWN] == 0


def test_styles_are_told_as_shares() -> None:
    row = wish_row(Wish(styles={0: 0.25, 3: 0.75}), 16)[told.STYLE]
    assert row[0] == 0.25
    assert row[3] == 0.75
    assert len(row) == len(STYLES)


def test_an_unusual_bar_counts_as_the_nearest() -> None:
    assert told.BARS[told.nearest_bar(15)] in (14, 16)
    assert wish_row(Wish(), 28)[told.BAR].sum() == 1


def test_a_bar_of_three_has_three_beats_inside_and_one_downbeat_a_bar() -> None:
    rows = beat_rows(Window(0.0, 24, 12))
    assert rows[:, told.INSIDE].tolist() == [1, 1, 1, 1, 1, 1, 0, 0]
    assert rows[:, told.DOWNBEAT].tolist() == [1, 0, 0, 1, 0, 0, 0, 0]


def test_chords_are_told_beat_by_beat_and_silence_is_not_ignorance() -> None:
    rows = beat_rows(Window(0.0), lambda step: Chord(0) if step < 16 else None)
    assert rows[0, :12].nonzero()[0].tolist() == [0, 4, 7]
    assert rows[4, 37] == 1
    assert not beat_rows(Window(0.0))[:, told.CHORD].any()


def test_a_window_is_like_itself_and_unlike_another() -> None:
    one, other = np.zeros(32, np.float32), np.zeros(32, np.float32)
    one[0], other[4] = 5, 5
    assert likeness([one], [one]) == 1
    assert likeness([one], [other]) == 0
    assert math.isnan(likeness([one], [np.zeros(32, np.float32)]))


def test_a_piece_opens_goes_on_and_closes() -> None:
    assert [section_of(place) for place in (0.0, 0.5, 1.0)] == [0, 1, 2]


def test_density_and_register_are_told_voice_by_voice() -> None:
    row = wish_row(Wish(density={Voice.DRUMS: 2.0}, register={Voice.BASS: 43.0, Voice.DRUMS: 50.0}), 16)
    assert row[told.DENSITY].tolist() == [0, 0, 0, 1]
    assert row[told.REGISTER_KNOWN].tolist() == [0, 1, 0]
