import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import PARTS, PITCHES, SIZES, Event, Part
from bridge.engine.features import (
    COLUMNS,
    INTERVALS,
    KIN,
    KINS,
    NONE,
    OFFSETS,
    PERIODS,
    ROWS,
    TABLES,
    angles,
    columns,
    kin_own,
    kin_references,
    kin_table,
    row,
)

events = st.lists(
    st.tuples(*(st.integers(0, size - 1) for size in SIZES)).filter(lambda event: event[0] != Part.START), min_size=1
)


@given(events, st.integers(NONE, 127), st.integers(NONE, 11))
def test_every_column_stays_in_its_own_table(rows: list[tuple[int, ...]], last: int, root: int) -> None:
    count = len(rows)
    found = columns(
        np.array(rows),
        np.zeros((count, 2), np.int64),
        np.full((count, PARTS), last),
        np.full(count, root),
        np.full(count, root),
    )
    assert found.shape == (count, COLUMNS)
    sizes = np.array([size for _, size in TABLES])
    assert ((found - OFFSETS >= 0) & (found - OFFSETS < sizes)).all()
    assert found.max() < ROWS


@given(events, st.lists(st.integers(NONE, 127), min_size=PARTS, max_size=PARTS), st.integers(NONE, 11))
def test_playing_shows_an_event_as_training_does(rows: list[tuple[int, ...]], last: list[int], root: int) -> None:
    count = len(rows)
    together = columns(
        np.array(rows), np.full((count, 2), 7), np.array([last] * count), np.full(count, root), np.full(count, 5)
    )
    one_by_one = [row(Event(*each), (7, 7), tuple(last), root, 5) for each in rows]
    assert together.tolist() == one_by_one


@given(st.integers(0, 11), st.integers(24, 90))
def test_a_transposed_note_keeps_its_intervals(steps: int, pitch: int) -> None:
    def shown(by: int) -> np.ndarray:
        last = np.full((1, PARTS), 48 + by)
        event = np.array([[Part.BASS, 0, pitch + by, 3, 8]])
        return columns(event, np.zeros((1, 2), np.int64), last, np.array([by % 12]), np.array([by % 12]))[0, 8:]

    assert np.array_equal(shown(0), shown(steps))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 500))
def test_what_a_query_finds_depends_on_distances_alone(start: int, later: int, gap: int) -> None:
    def product(at: int) -> np.ndarray:
        cos, sin = angles(np.array([at, at + gap]), np.array([at * 3, (at + gap) * 3]))
        return np.asarray(cos[0] * cos[1] + sin[0] * sin[1])

    np.testing.assert_allclose(product(start), product(later), atol=1e-3)


def test_bars_of_common_meters_have_periods_of_their_own() -> None:
    assert {48, 72, 96} <= set(PERIODS)


@given(st.integers(0, 127), st.lists(st.integers(NONE, 127), min_size=4, max_size=4), st.integers(0, 127))
def test_a_pitch_is_scored_by_itself_by_its_leap_and_by_its_class_above_each_reference(
    own: int, references: list[int], pitch: int
) -> None:
    rows = [*kin_own(own), *kin_references(references)]
    assert len(rows) == KIN
    assert len(kin_table()) == KINS
    found = kin_table()[rows, pitch].tolist()
    leaps, classes = PITCHES, PITCHES + INTERVALS
    assert found[0] == pitch
    assert found[1] == leaps + pitch - own + PITCHES - 1
    for n, (place, reference) in enumerate(zip(found[2:], references, strict=True)):
        known = classes + 12 * n + (pitch - reference) % 12
        assert place == (known if reference >= 0 else classes + 48)
