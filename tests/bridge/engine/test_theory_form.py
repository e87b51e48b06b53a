"""Forms: how much of a bar comes again, and how it is made to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.theory_form import FACTORS, GATES, LOOKS, OF_BARS, Form, form_of, reshaped, shares, wanted

SHAPES = {
    "degree": (64, 12), "pitch": (4, 8), "pattern": (4, 3, 6), "rhythm": (4, 8), "chord": (8, 85), "ground": (32, 12),
    "harmony": (4, 9),
}  # fmt: skip
"""Latent -> its shape."""
EVEN = np.ones(len(OF_BARS), np.float32)
LOOK = (0, 1, 0)


def latents(seed: int) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """A phrase whose bars have nothing to do with one another."""
    chance = np.random.default_rng(seed)
    found = {}
    for name, shape in SHAPES.items():
        values = chance.standard_normal(shape).astype(np.float32)
        numbers = name in ("pitch", "rhythm", "harmony")
        found[name] = values if numbers else np.eye(shape[-1], dtype=np.float32)[values.argmax(-1)]
    return found


def form(share: float, looks: tuple[int, ...] = LOOK) -> Form:
    return Form(np.full((3, 3), share, np.float32), looks)


def all_at(share: float) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return {name: np.full(3, share, np.float32) for name in OF_BARS}


def test_what_comes_again_whole_is_the_bar_looked_at_in_every_latent() -> None:
    found = reshaped(latents(1), all_at(1.0), LOOK, latents(2))
    assert all((row > 0.97).all() for row in shares(found, LOOK).values())
    assert (found["degree"][32:48] == found["degree"][16:32]).all()


def test_what_does_not_come_again_is_fresh() -> None:
    same = {name: np.concatenate([part[: len(part) // 4]] * 4) for name, part in latents(1).items()}
    assert all((row > 0.99).all() for row in shares(same, LOOK).values())
    found = reshaped(same, all_at(0.0), LOOK, latents(2))
    assert all((row < 0.75).all() for row in shares(found, LOOK).values())
    assert (found["degree"][16:32] == latents(2)["degree"][16:32]).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.floats(0.05, 0.95))
def test_numbers_correlate_by_the_share_that_is_asked_for(seed: int, aim: float) -> None:
    found = reshaped(latents(seed), all_at(aim), LOOK, latents(seed + 1))
    assert np.abs(shares(found, LOOK)["harmony"] - aim).max() < 0.75
    assert np.abs(shares(found, LOOK)["degree"] - aim).max() < 0.2


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99))
def test_the_share_that_is_there_already_changes_nothing(seed: int) -> None:
    own = latents(seed)
    found = reshaped(own, shares(own, LOOK), LOOK, latents(seed + 1))
    assert all(np.allclose(found[name], own[name], atol=1e-4) for name in OF_BARS)


def test_a_form_that_stays_asks_for_what_the_phrase_has_itself() -> None:
    own = latents(3)
    aims = wanted(own, dict.fromkeys(FACTORS, form(0.4)), form(0.4), EVEN)
    assert all(np.allclose(aims[name], row) for name, row in shares(own, LOOK).items())


def test_a_form_that_is_far_from_ones_own_asks_for_what_it_says() -> None:
    aims = wanted(latents(3), dict.fromkeys(FACTORS, form(0.1)), form(0.9), EVEN)
    assert all(np.allclose(aim, 0.9) for aim in aims.values())


def test_where_another_bar_is_looked_at_nothing_is_left_of_ones_own() -> None:
    aims = wanted(latents(3), dict.fromkeys(FACTORS, form(0.5, (0, 0, 2))), form(0.5), EVEN)
    assert [aims["degree"][n] == pytest.approx(0.5) for n in (1, 2)] == [True, True]


def test_shares_of_notes_become_those_of_a_latent_by_its_power() -> None:
    aims = wanted(latents(3), {}, form(0.5), np.arange(1, 8, dtype=np.float32))
    assert [round(float(aim[0]), 4) for aim in aims.values()] == [round(0.5**n, 4) for n in range(1, 8)]


def test_a_structure_says_by_its_table_how_much_comes_again_and_which_bar_is_looked_at() -> None:
    table = np.zeros((3, GATES + LOOKS), np.float32)
    table[0, :GATES], table[1, GATES + 1], table[1, GATES + 4] = 2.0, 1.0, 1.0
    shut = form_of(np.array([-3.0, -1.0], np.float32), table)
    open_ = form_of(np.array([3.0, 1.0], np.float32), table)
    assert shut.shares.max() < 0.01
    assert open_.shares.min() > 0.99
    assert (shut.looks, open_.looks) == ((0, 0, 0), (0, 1, 2))
