import math

from hypothesis import given
from hypothesis import strategies as st

from bridge.wire.lane import Lane

KEY = ("lead", 0, 60)


def test_an_empty_lane_has_nothing_first() -> None:
    assert Lane().first == math.inf


def test_a_note_ends_before_the_next_begins_on_the_same_beat() -> None:
    lane = Lane()
    lane.begin(2.0, 7)
    lane.end(2.0, 3, KEY)
    assert lane.first == 2.0
    assert [lane.pop(), lane.pop()] == [(3, KEY), (7, None)]


def test_what_has_begun_still_ends_when_the_plan_is_forgotten() -> None:
    lane = Lane()
    lane.begin(1.0, 1)
    lane.end(5.0, 0, KEY)
    lane.forget()
    assert lane.first == 5.0
    assert lane.pop() == (0, KEY)
    assert lane.first == math.inf


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 64.0)), max_size=40))
def test_things_come_in_the_order_of_their_beats_and_first_is_always_the_next(things: list[tuple[bool, float]]) -> None:
    lane = Lane()
    for id, (ends, beat) in enumerate(things):
        if ends:
            lane.end(beat, id, KEY)
        else:
            lane.begin(beat, id)
    came = []
    while lane.first < math.inf:
        first = lane.first
        id, key = lane.pop()
        came.append((things[id][1], key is None))
        assert things[id][1] == first
    assert came == sorted(came)
    assert len(came) == len(things)
