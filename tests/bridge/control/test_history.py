from hypothesis import given
from hypothesis import strategies as st

from bridge.control.history import DEEPEST, History
from bridge.control.parameters import ParameterTable
from bridge.control.snapshots import Snapshots

PATHS = ("tempo", "density", "voice/bass/level", "mode", "morph")
CHANGES = st.lists(
    st.tuples(st.sampled_from(PATHS), st.floats(0, 1), st.sampled_from(["osc", "page"]), st.floats(0, 1)), max_size=30
)


class Desk:
    def __init__(self, snapshots_first: bool = True) -> None:
        self.time = 0.0
        self.table = ParameterTable()
        first = Snapshots(self.table) if snapshots_first else None
        self.history = History(self.table, lambda: self.time)
        self.snapshots = first or Snapshots(self.table)

    def set(self, path: str, position: float, source: str = "osc", pause: float = 0.0) -> None:
        self.time += pause
        self.table.set(path, self.table.place(path).parameter.natural(position), source=source)


@given(changes=CHANGES, first=st.booleans(), morphs=st.booleans())
def test_undo_and_redo_are_each_others_inverse(
    changes: list[tuple[str, float, str, float]], first: bool, morphs: bool
) -> None:
    desk = Desk(first)
    if morphs:
        desk.snapshots.store("A")
        desk.table.set("temperature", 1.7)
        desk.table.set("tempo", 70)
        desk.snapshots.store("B")
    start = desk.table.snapshot()
    for path, position, source, pause in changes:
        desk.set(path, position, source, pause)
    end = desk.table.snapshot()
    seen = [end]
    while desk.history.undo():
        seen.append(desk.table.snapshot())
    assert desk.table.snapshot() == start
    for wanted in reversed(seen[:-1]):
        assert desk.history.redo()
        assert desk.table.snapshot() == wanted
    assert desk.table.snapshot() == end
    assert not desk.history.redo()


def test_a_turn_of_a_knob_is_taken_back_in_one() -> None:
    desk = Desk()
    for position in (0.1, 0.2, 0.3):
        desk.set("density", position, pause=0.4)
    desk.set("density", 0.9, pause=0.6)
    assert desk.history.depth == (2, 0)


def test_two_knobs_turned_at_a_time_are_two_gestures() -> None:
    desk = Desk()
    for position in (0.1, 0.2, 0.3):
        desk.set("density", position, pause=0.1)
        desk.set("tempo", position, pause=0.1)
    assert desk.history.depth == (2, 0)


def test_something_new_forgets_what_was_taken_back() -> None:
    desk = Desk()
    desk.set("density", 0.5)
    desk.history.undo()
    desk.set("tempo", 0.5)
    assert not desk.history.redo()


def test_what_no_hand_did_is_not_taken_back() -> None:
    desk = Desk()
    desk.set("density", 0.5, source="")
    assert not desk.history.undo()


def test_it_reaches_back_so_far_and_no_further() -> None:
    desk = Desk()
    for turn in range(DEEPEST + 50):
        desk.set("tempo", (turn % 7) / 7, pause=1.0)
    assert desk.history.depth == (DEEPEST, 0)
