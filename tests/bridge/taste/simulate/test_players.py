import numpy as np

from bridge.taste.simulate.players import LIKED, simulated
from bridge.taste.simulate.pool import pool

MADE = pool(80, 5)


def test_the_same_seed_gives_the_same_players() -> None:
    assert np.array_equal(simulated(MADE, 6, 1).opinions, simulated(MADE, 6, 1).opinions)


def test_every_player_likes_the_same_share_of_the_phrases() -> None:
    assert np.allclose(simulated(MADE, 10, 2).likes.mean(1), LIKED, atol=0.02)


def test_players_of_a_school_agree_more_than_others() -> None:
    players = simulated(MADE, 60, 3)
    alike = np.asarray(np.corrcoef(players.opinions))
    same = players.schools[:, None] == players.schools
    np.fill_diagonal(same, False)
    assert alike[same].mean() > alike[players.schools[:, None] != players.schools].mean() + 0.2


def test_a_finger_slips_now_and_then_but_not_often() -> None:
    players = simulated(MADE, 20, 4)
    slips = (players.pressed(np.random.default_rng(1)) > 0) != players.likes
    assert 0.01 < slips.mean() < 0.2
