import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.theory_key import WHITE
from bridge.engine.theory_layout import LEAD, LEAD_LOW, LEAD_SIZE, ONSET, Page, Shape, read
from bridge.engine.theory_passing import passed, way
from bridge.engine.window import Window
from bridge.music.note import Note, Voice

SHAPE = Shape(Window(0.0))
PITCHES = st.integers(1, LEAD_SIZE)


def page(*notes: tuple[float, float, int]) -> Page:
    """A melody of onsets, lengths and pitches."""
    return read({Voice.LEAD: [Note(Voice.LEAD, at, length, pitch, 80) for at, length, pitch in notes]}, SHAPE)


def pitches(found: Page) -> list[int]:
    return [int(found.lead[place]) + LEAD_LOW - 1 for place in np.flatnonzero(found.states[LEAD] == ONSET)]


PLAYED = page((0.0, 2.0, 60), (2.0, 2.0, 67))


def test_a_held_note_that_is_struck_again_goes_on_to_the_next_one() -> None:
    made = page((0.0, 0.5, 60), (0.5, 0.5, 60), (1.0, 0.5, 60), (1.5, 0.5, 60), (2.0, 2.0, 67))
    assert pitches(passed(made, PLAYED)) == [60, 62, 64, 65, 67]


def test_a_last_note_goes_around_itself() -> None:
    made = page((0.0, 2.0, 60), (2.0, 0.5, 67), (2.5, 0.5, 67), (3.0, 0.5, 67), (3.5, 0.5, 67))
    assert pitches(passed(made, PLAYED)) == [60, 67, 65, 67, 65]


def test_notes_that_were_played_and_pitches_that_are_new_stay() -> None:
    played = page((0.0, 1.0, 60), (1.0, 1.0, 60), (2.0, 2.0, 67))
    assert pitches(passed(played, played)) == [60, 60, 67]
    made = page((0.0, 1.0, 60), (1.0, 1.0, 72), (2.0, 2.0, 67))
    assert pitches(passed(made, PLAYED)) == [60, 72, 67]


def test_a_melody_that_nobody_played_is_left_alone() -> None:
    made = page((0.0, 1.0, 60), (1.0, 1.0, 60))
    assert passed(made, read({}, SHAPE)).lead.tolist() == made.lead.tolist()


@given(PITCHES, PITCHES, st.integers(1, 12))
def test_a_way_has_so_many_notes_none_struck_twice_running_and_all_between_or_a_step_aside(
    before: int, after: int, count: int
) -> None:
    found = way(before, after, count)
    assert len(found) == count
    assert (
        all(a != b for a, b in zip([before, *found], found, strict=False)) or (before + LEAD_LOW - 1) % 12 not in WHITE
    )
    assert all(min(before, after) - 3 <= pitch <= max(before, after) + 3 for pitch in found)
    assert all(1 <= pitch <= LEAD_SIZE for pitch in found)
