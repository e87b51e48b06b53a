from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import DURATIONS, SIZES, Part, place
from bridge.engine.controls import SCALE_KNOWN
from bridge.engine.grid import snap_tick
from export.data.layout import LIVE, PLAIN, Chances, lay_out, transpose, turns, window
from export.data.melody import Melody, Tone


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    """Tunes on the grid, in 3/4 or 4/4, with rests."""
    bar = draw(st.sampled_from([72, 96]))
    tick, tones = 0, []
    for gap, pitch in draw(st.lists(st.tuples(st.integers(6, 60), st.integers(50, 84)), min_size=4, max_size=60)):
        tick = snap_tick(tick + gap)
        tones.append(Tone(tick, 6, pitch, 80))
    lines = list(range(0, tick + 2 * bar, bar))
    return Melody("a", "b", "c", tones, lines, 0, draw(st.sampled_from(["major", "minor"])), False)


seeds = st.integers(0, 10_000)


@given(melodies(), seeds)
def test_turns_follow_each_other_and_leave_no_gap(melody: Melody, seed: int) -> None:
    plan = turns(melody, np.random.default_rng(seed))
    assert plan[0].start == melody.bars[0]
    assert plan[-1].end == melody.bars[-1]
    for first, second in pairwise(plan):
        assert first.end == second.start
        assert first.band != second.band


@given(melodies(), seeds)
def test_every_event_is_in_the_vocabulary_and_every_release_has_its_key(melody: Melody, seed: int) -> None:
    rows = lay_out(melody, np.random.default_rng(seed), LIVE)
    assert (rows.events >= 0).all()
    assert (rows.events < np.array(SIZES)).all()
    assert rows.events[0, 0] == Part.START
    down: list[int] = []
    for voice, _, pitch, duration, _ in rows.events.tolist():
        assert (duration > 0) == (voice == Part.LEAD)
        if voice == Part.HELD:
            down.append(pitch)
        if voice == Part.RELEASE:
            down.remove(pitch)
    assert not down


@given(melodies(), seeds)
def test_laid_out_plainly_no_note_is_lost_or_moved(melody: Melody, seed: int) -> None:
    rows = lay_out(melody, np.random.default_rng(seed), PLAIN)
    ticks = melody.bars[0] + np.cumsum(rows.events[:, 1])
    onsets = rows.events[:, 0] != Part.RELEASE
    found = list(zip(ticks[onsets].tolist(), rows.events[onsets, 2].tolist(), strict=True))[1:]
    assert found == [(tone.tick, tone.pitch) for tone in melody.tones]
    bar = melody.bars[1] - melody.bars[0]
    assert [tuple(row) for row in rows.places.tolist()] == [place(int(tick), bar) for tick in ticks]
    assert {DURATIONS[d] for d in rows.events[rows.events[:, 0] == Part.LEAD, 3]} <= {6}


@given(melodies(), seeds)
def test_the_last_onset_is_known_before_every_event(melody: Melody, seed: int) -> None:
    rows = lay_out(melody, np.random.default_rng(seed), LIVE)
    last = rows.events[0, 2]
    for event, before in zip(rows.events, rows.before, strict=True):
        assert before == last
        if event[0] != Part.RELEASE:
            last = event[2]


@given(melodies(), st.integers(-6, 5), seeds)
def test_transposing_moves_the_scale_with_the_notes(melody: Melody, steps: int, seed: int) -> None:
    moved = transpose(melody, steps)
    differences = {b.pitch - a.pitch for a, b in zip(melody.tones, moved.tones, strict=True)}
    assert len(differences) == 1
    assert (differences.pop() - moved.tonic + melody.tonic) % 12 == 0


@given(melodies(), st.integers(1, 6), seeds)
def test_a_window_is_whole_bars_of_the_piece(melody: Melody, bars: int, seed: int) -> None:
    part = window(melody, bars, np.random.default_rng(seed))
    assert len(part.bars) <= bars + 1
    assert set(part.bars) <= set(melody.bars)
    assert set(part.tones) <= set(melody.tones)


def test_a_hidden_scale_is_not_told() -> None:
    tones = [Tone(n * 12, 12, 60 + n % 7, 80) for n in range(64)]
    melody = Melody("a", "b", "c", tones, list(range(0, 900, 96)), 0, "major", False)
    random = np.random.default_rng(0)
    assert not lay_out(melody, random, Chances(hide_scale=1.0)).controls[:, SCALE_KNOWN].any()
    assert lay_out(melody, random, Chances(hide_scale=0.0)).controls[:, SCALE_KNOWN].all()
