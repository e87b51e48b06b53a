import numpy as np

from bridge.engine.codec import Event, Part
from bridge.engine.features import HEAD
from bridge.engine.kv import SLACK, WIDTH, Cache
from bridge.engine.moment import Moment

CONTEXT = 8
SIZE = CONTEXT + SLACK


def chain(count: int, before: Moment | None = None) -> list[Moment]:
    moments = [Moment(before, Event(Part.START, 0, 60, 0, 0), 0, 96)]
    while len(moments) < count:
        moments.append(Moment(moments[-1], Event(Part.HELD, 6, 60, 0, 8), len(moments) * 6, 96))
    return moments


def column(moments: list[Moment]) -> np.ndarray:
    return np.repeat(np.array([[moment.number] for moment in moments], np.float32), 2 * HEAD, 1)


def filled(count: int) -> tuple[Cache, list[Moment]]:
    cache, moments = Cache(2, CONTEXT), chain(count)
    for moment in moments:
        cache.keep(moment, column([moment]), column([moment]))
    return cache, moments


def seen(cache: Cache, number: int, before: int | None = None) -> set[int]:
    values = cache.feeds(True)["values_1"]
    return {int(each) for each in values[cache.seen(number, before), 0]}


def test_each_moment_sees_as_many_before_it_as_the_context_has() -> None:
    cache, moments = filled(SIZE + 20)
    assert seen(cache, SIZE + 20) == set(range(SIZE + 13, SIZE + 20))
    assert seen(cache, 40, before=38) == set(range(33, 38))
    assert [cache.holds(moment) for moment in moments] == [False] * 20 + [True] * SIZE


def test_in_an_empty_cache_nothing_is_seen() -> None:
    assert seen(Cache(2, CONTEXT), 3) == set()


def test_what_is_made_up_is_overwritten_when_the_real_comes() -> None:
    cache, moments = filled(20)
    real = Moment(moments[15], Event(Part.HELD, 6, 72, 0, 8), 100, 96)
    assert real.number == 16
    assert not cache.holds(real)
    cache.keep(real, -column([real]), -column([real]))
    assert not cache.holds(moments[16])
    assert seen(cache, 17) == {10, 11, 12, 13, 14, 15, -16}


def test_making_up_more_than_the_slack_costs_context_and_nothing_else() -> None:
    cache, moments = filled(20)
    more = chain(SIZE, moments[-1])
    cache.write(more, column(more), column(more))
    assert not cache.holds(moments[19])
    assert seen(cache, 20) == set()


def test_a_chunk_is_written_as_moments_one_by_one_are() -> None:
    one, moments = filled(30)
    many = Cache(2, CONTEXT)
    many.write(moments, column(moments), column(moments))
    for name, array in one.feeds(True).items():
        assert (array == many.feeds(True)[name]).all()


def test_room_beside_the_ring_grows_as_it_is_needed_and_keeps_what_is_there() -> None:
    cache, _ = filled(20)
    before = seen(cache, 20)
    assert cache.make_room(3)
    assert not cache.make_room(WIDTH)
    assert cache.room == WIDTH
    cache.set(SIZE + 2, np.full(2 * HEAD, 7, np.float32), np.full(2 * HEAD, 9, np.float32))
    assert cache.feeds(False)["keys_1"][SIZE + 2, 0] == 7
    assert cache.feeds(False)["values_0"].shape == (SIZE + WIDTH, HEAD)
    assert seen(cache, 20) == before
