import numpy as np
import pytest

from bridge.taste import neighbours
from bridge.taste.mixture import mixed


def test_alone_the_content_has_it_all() -> None:
    content = np.array([0.1, 0.9, 0.5])
    found = mixed(np.array([[1.0, 0.0, 0.0]]), 0, content)
    assert found.share == 0
    assert list(np.argsort(found.score)) == [0, 2, 1]


def test_without_the_library_the_content_has_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "there", lambda: False)
    found = mixed(np.ones((3, 4)), 0, np.array([0.1, 0.9, 0.5, 0.2]))
    assert found.share == 0
    assert not found.votes.any()


@pytest.mark.skipif(not neighbours.there(), reason="needs the extra `taste`")
def test_of_two_things_alike_the_one_that_neighbours_like_comes_first() -> None:
    table = np.tile([1.0, -1.0, 1.0, -1.0, 1.0, -1.0], (4, 1))
    table[0, 4:] = 0
    found = mixed(table, 0, np.full(6, 0.5), table[0] == 0)
    assert found.score[4] > found.score[5]
    assert found.share > 0


def test_nothing_to_compare_is_no_matter() -> None:
    found = mixed(np.ones((1, 2)), 0, np.array([0.2, 0.3]), np.zeros(2, np.bool_))
    assert not found.score.any()
