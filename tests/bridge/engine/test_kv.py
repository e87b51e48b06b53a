import numpy as np

from bridge.engine.codec import Event, Part
from bridge.engine.features import HEAD
from bridge.engine.kv import HIDDEN, Ring, Suffix
from bridge.engine.moment import Moment


def chain(count: int) -> list[Moment]:
    moments = [Moment(None, Event(Part.START, 0, 60, 0, 0), 0, 96)]
    while len(moments) < count:
        moments.append(Moment(moments[-1], Event(Part.HELD, 6, 60, 0, 8), len(moments) * 6, 96))
    return moments


def column(moments: list[Moment]) -> np.ndarray:
    return np.repeat(np.array([[moment.number] for moment in moments], np.float32), 2 * HEAD, 1)


def filled(size: int, count: int) -> tuple[Ring, list[Moment]]:
    ring, moments = Ring(2, size), chain(count)
    for moment in moments:
        ring.write([moment], column([moment]), column([moment]))
    return ring, moments


def test_the_ring_keeps_the_newest_moments() -> None:
    ring, moments = filled(8, 20)
    assert [ring.holds(moment) for moment in moments] == [False] * 12 + [True] * 8
    assert sorted(ring.values[1][:, 0]) == list(range(12, 20))


def test_only_what_lies_before_is_seen() -> None:
    ring, _ = filled(8, 20)
    seen = {int(number) for number in ring.values[0][ring.mask(16) == 0, 0]}
    assert seen == {12, 13, 14, 15}


def test_winding_back_costs_context_and_nothing_else() -> None:
    ring, moments = filled(8, 20)
    other = Moment(moments[15], Event(Part.HELD, 6, 72, 0, 8), 100, 96)
    assert other.number == 16
    assert not ring.holds(other)
    ring.write([other], -column([other]), -column([other]))
    assert not ring.holds(moments[16])
    assert {int(number) for number in ring.values[0][ring.mask(17) == 0, 0]} == {12, 13, 14, 15, -16}


def test_a_suffix_grows_as_it_needs() -> None:
    suffix = Suffix(2, 3)
    suffix.write(np.ones((60, 2 * HEAD), np.float32), np.ones((60, 2 * HEAD), np.float32))
    for number in range(10):
        rows = np.full((3, 2 * HEAD), number, np.float32)
        suffix.append(rows, rows, [True, number % 2 == 0, False])
    assert suffix.count == 70
    assert (suffix.mask == 0).sum(1).tolist() == [70, 65, 60]
    assert suffix.keys[0].shape == (3, HEAD, 128)
    assert suffix.values[1][0, 69, 0] == 9
    assert suffix.mask[0, 100] == HIDDEN
