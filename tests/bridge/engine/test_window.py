import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.rows_time import METERS
from bridge.engine.window import STEPS, Window, cells, sounded, window_at, windows
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

meters = st.sampled_from([Meter(*map(int, text.split("/"))) for text in METERS])
beats = st.floats(0, 500)


@given(meters, beats, st.floats(-100, 100))
def test_a_window_holds_the_beat_and_begins_on_a_bar_line(meter: Meter, beat: float, song: float) -> None:
    window = window_at(beat, meter, song)
    assert window.start - 1e-6 <= beat < window.span.end + 1e-6
    bars = (window.start + song) / meter.bar
    assert bars == pytest.approx(round(bars), abs=1e-6)
    assert 0 < window.steps <= STEPS
    assert window.steps % window.bar == 0


@given(meters, beats, st.floats(0.1, 40))
def test_windows_cover_a_span_without_gaps(meter: Meter, beat: float, length: float) -> None:
    found = list(windows(Span(beat, beat + length), meter, 0.0))
    assert found[0].start <= beat + 1e-6
    assert found[-1].span.end >= beat + length - 1e-6
    for one, two in itertools.pairwise(found):
        assert two.start == pytest.approx(one.span.end)
        assert two.before().start == pytest.approx(one.start)


@given(st.integers(0, 31), st.integers(-3, 2), st.integers(0, 127), st.integers(1, 127))
def test_a_note_survives_the_grid(step: int, tick: int, pitch: int, velocity: int) -> None:
    window = Window(8.0)
    note = Note(Voice.LEAD, 8.0 + step / 4 + tick / 24, 0.5, pitch, velocity)
    if step == 0 and tick < 0:
        return
    (cell,) = cells([note], window)
    assert cell.step == step
    again = sounded(cell, window, Voice.LEAD)
    assert again.beat == pytest.approx(note.beat)
    assert (again.pitch, again.velocity) == (pitch, velocity)


def test_a_note_just_before_the_bar_line_belongs_to_the_bar() -> None:
    assert cells([Note(Voice.DRUMS, 7.96, 0.1, 36, 90)], Window(8.0))[0].step == 0
    assert cells([Note(Voice.DRUMS, 15.96, 0.1, 36, 90)], Window(8.0)) == []
