import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.diffusion_condition import HERE
from bridge.engine.window import STEPS
from export.diffusion.masks import draw

BAND = np.ones(4, np.bool_)


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.integers(1, 15), st.sampled_from((18, 24, 32)), st.booleans(), st.booleans())
def test_every_cell_is_given_made_or_left_out(seed: int, bits: int, steps: int, before: bool, after: bool) -> None:
    playing = np.array([bits >> n & 1 for n in range(4)], np.bool_)
    known, made, voices = draw(np.random.default_rng(seed), playing, steps, before, after)
    assert not (known & made).any()
    assert not (known | made)[:, ~playing].any()
    assert not (voices & ~playing).any()
    assert made[HERE].any()
    assert not made[:STEPS].any()
    assert not made[HERE.stop :].any()
    assert not (known | made)[STEPS + steps : HERE.stop].any()
    assert before or not known[:STEPS].any()
    assert after or not known[HERE.stop :].any()


def test_all_tasks_come_up() -> None:
    random = np.random.default_rng(1)
    drawn = [draw(random, BAND, 32, True, True)[:2] for _ in range(400)]
    alone = [made[HERE].all() for _, made in drawn]
    along = [known[HERE, 0].any() and made[HERE, 1:].any() and not known[HERE, 0].all() for known, made in drawn]
    gaps = [known[HERE.start].any() and known[HERE.stop - 1].any() and made[HERE].any() for known, made in drawn]
    for cases in (alone, along, gaps):
        assert 20 < sum(map(bool, cases)) < 300
