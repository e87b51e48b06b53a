import numpy as np
import pytest

from bridge.taste import neighbours
from bridge.taste.neighbours import co_likes, share, votes

needs_library = pytest.mark.skipif(not neighbours.there(), reason="needs the extra `taste`")


def two_camps() -> np.ndarray:
    """Six players; the first three like even items, the others odd ones. The first has not heard the last four."""
    table = np.tile(np.where(np.arange(12) % 2 == 0, 1.0, -1.0), (6, 1))
    table[3:] *= -1
    table[0, 8:] = 0.0
    return table


@needs_library
def test_players_like_you_vote_for_what_they_like() -> None:
    found, near = votes(two_camps(), 0)
    assert all(found[[8, 10]] > 0)
    assert all(found[[9, 11]] < 0)
    assert min(near[1:3]) > 0.8
    assert max(near[3:]) < 0.1
    assert near[0] == 0.0


@needs_library
def test_the_same_table_gives_the_same_votes() -> None:
    assert np.array_equal(votes(two_camps(), 0)[0], votes(two_camps(), 0)[0])


@pytest.mark.parametrize("table", [np.ones((1, 5)), np.zeros((4, 5)), np.ones((4, 1)), np.zeros((3, 0))])
def test_where_there_is_nobody_to_ask_nobody_votes(table: np.ndarray) -> None:
    found, near = votes(table, 0)
    assert not found.any()
    assert not near.any()


def test_votes_count_the_more_the_more_was_judged_by_both() -> None:
    table = two_camps()
    assert co_likes(table, 0) == 8
    assert co_likes(table[:1], 0) == 0
    shares = [share(count) for count in (0, 5, 20, 1000)]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] < neighbours.MOST
