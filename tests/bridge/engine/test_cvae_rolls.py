from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.cvae_rolls import BASS, CHORDS, COLUMNS, LEAD, RANGES, cells_of, columns, folded, notes_of, rolls
from bridge.engine.kit import KIT
from bridge.engine.window import Cell, Window, cells
from bridge.music.note import Note, Voice

LINE = [Cell(0, 0.0, 60, 1.0, 80), Cell(4, 0.0, 64, 0.5, 90), Cell(8, 0.0, 67, 2.0, 70)]
steps = st.lists(st.integers(0, 31), unique=True, max_size=12)


def test_a_line_comes_back_as_it_was() -> None:
    made = rolls({Voice.LEAD: LINE, Voice.BASS: [cell._replace(pitch=cell.pitch - 24) for cell in LINE]})
    found = cells_of(made, (Voice.LEAD, Voice.BASS))
    assert found[Voice.LEAD] == LINE
    assert [cell.pitch for cell in found[Voice.BASS]] == [36, 40, 43]


def test_chords_ring_side_by_side() -> None:
    chord = [Cell(0, 0.0, 60, 2.0, 80), Cell(0, 0.0, 64, 1.0, 80), Cell(4, 0.0, 67, 1.0, 80)]
    assert cells_of(rolls({Voice.CHORDS: chord}), (Voice.CHORDS,))[Voice.CHORDS] == chord


def test_of_notes_that_begin_together_the_lead_keeps_the_highest_and_the_bass_the_lowest() -> None:
    both = [Cell(0, 0.0, 48, 1.0, 80), Cell(0, 0.0, 60, 1.0, 80)]
    found = cells_of(rolls({Voice.LEAD: both, Voice.BASS: both}), (Voice.LEAD, Voice.BASS))
    assert [cell.pitch for cell in found[Voice.LEAD]] == [60]
    assert [cell.pitch for cell in found[Voice.BASS]] == [48]


def test_a_drummer_stays_late() -> None:
    found = cells_of(rolls({Voice.DRUMS: [Cell(4, 0.03, 38, 0.2, 101)]}), (Voice.DRUMS,))[Voice.DRUMS]
    assert (found[0].step, found[0].pitch, found[0].velocity) == (4, KIT[1], 101)
    assert abs(found[0].offset - 0.03) < 1e-6


@given(st.integers(0, 127), st.sampled_from(list(RANGES)))
def test_pitches_move_into_a_voices_range_by_octaves(pitch: int, voice: Voice) -> None:
    low, high = RANGES[voice]
    assert low <= folded(pitch, voice) <= high
    assert (folded(pitch, voice) - pitch) % 12 == 0


@given(steps, st.integers(-6, 6))
def test_moving_to_c_and_back_changes_nothing(onsets: list[int], semitones: int) -> None:
    window = Window(8.0)
    notes = [Note(Voice.LEAD, 8.0 + step / 4, 0.25, 66, 80) for step in sorted(onsets)]
    made = rolls({Voice.LEAD: cells(notes, window)}, semitones)
    assert notes_of(made, window, (Voice.LEAD,), -semitones) == notes


def test_a_graph_is_shown_one_class_of_each_line_at_every_step() -> None:
    made = rolls({Voice.LEAD: LINE, Voice.CHORDS: LINE})
    x = columns(made.lead, made.bass, made.chords, made.drums)
    assert x.shape == (32, COLUMNS)
    assert (x[:, :LEAD].sum(1) == 1).all()
    assert (x[:, LEAD : LEAD + BASS].sum(1) == 1).all()
    assert x[:, LEAD + BASS : LEAD + BASS + CHORDS].sum() == len(LINE)
    assert x[:, LEAD + BASS + CHORDS : LEAD + BASS + 2 * CHORDS].sum() == 14


def test_nothing_sounds_behind_the_end_of_a_shorter_window() -> None:
    made = rolls({Voice.LEAD: [Cell(30, 0.0, 60, 0.5, 80)]})
    assert notes_of(made, Window(0.0, 24, 12), (Voice.LEAD,)) == []
