import numpy as np
import pytest

from bridge.taste import layers, neighbours
from bridge.taste.simulate.players import simulated
from bridge.taste.simulate.pool import pool
from bridge.taste.simulate.report import interval
from bridge.taste.simulate.trial import WAYS, Known, by_chance, by_popularity, trial

MADE = pool(160, 11)
NOBODY = layers.Learnt(np.zeros(3), np.zeros(1))


def test_popularity_does_not_look_at_the_player() -> None:
    table = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, -1.0], [-1.0, -1.0, 1.0]])
    known = Known(table, 2, np.zeros((3, 2)), layers.undescribed(3), NOBODY, 1)
    assert list(np.argsort(-by_popularity(known))) == [0, 1, 2]


def test_chance_is_the_same_every_time() -> None:
    known = Known(np.zeros((2, 9)), 1, np.zeros((9, 2)), layers.undescribed(9), NOBODY, 7)
    assert np.array_equal(by_chance(known), by_chance(known))


@pytest.mark.skipif(not neighbours.there(), reason="needs the extra `taste`")
def test_known_tastes_are_found_out_better_than_by_chance() -> None:
    found = {each.way: each for each in trial(MADE, 10, 16, (60,), 3)}
    assert set(found) == set(WAYS)
    assert found["both"].accepted.mean() > found["random"].accepted.mean() + 0.08
    assert found["both"].hits.mean() > found["random"].hits.mean()
    assert np.array_equal(found["content"].hits, found["features"].hits)  # nothing was described
    again = {each.way: each for each in trial(MADE, 10, 16, (60,), 3)}
    assert np.array_equal(found["both"].hits, again["both"].hits)


def test_latents_that_say_what_players_hear_find_their_tastes_out_better() -> None:
    heard, _, _ = np.linalg.svd(simulated(MADE, 26, 3).opinions.T, full_matrices=False)
    found = {each.way: each for each in trial(MADE, 10, 16, (20,), 3, heard[:, :6] * len(MADE) ** 0.5)}
    assert found["content"].accepted.mean() > found["features"].accepted.mean() + 0.1


def test_an_interval_holds_its_mean() -> None:
    mean, low, high = interval(np.random.default_rng(1).random(50), 1)
    assert low < mean < high
    assert high - low < 0.25
