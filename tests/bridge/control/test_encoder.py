from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.encoder import Encoder, doubtful, recognise


@given(code=st.sampled_from(Encoder), steps=st.integers(-63, 63))
def test_what_an_encoder_sends_is_what_it_was_turned(code: Encoder, steps: int) -> None:
    assert code.steps(code.code(steps)) == steps


@pytest.mark.parametrize(
    ("code", "up", "down"),
    [
        (Encoder.TWOS_COMPLEMENT, 1, 127),
        (Encoder.BINARY_OFFSET, 65, 63),
        (Encoder.SIGN_MAGNITUDE, 1, 65),
        (Encoder.MACKIE, 1, 65),
    ],
)
def test_one_step_up_and_down_are_as_the_makers_write_them(code: Encoder, up: int, down: int) -> None:
    assert (code.steps(up), code.steps(down)) == (1, -1)


@given(
    code=st.sampled_from(Encoder),
    steps=st.lists(st.sampled_from([1, 1, 1, 2, 3, -1, -1, -2]), min_size=6, max_size=30),
)
def test_an_encoder_that_is_turned_both_ways_gives_its_code_away(code: Encoder, steps: list[int]) -> None:
    steps = [1, 1, *steps, -1, -1]
    values = [code.code(step) for step in steps]
    assert recognise(values, 16 if code is Encoder.MACKIE else 74) is code


@given(start=st.integers(0, 100), stride=st.integers(1, 9), count=st.integers(4, 30))
def test_a_fader_that_sweeps_is_no_encoder(start: int, stride: int, count: int) -> None:
    values = [value for value in range(start, 128, stride)][:count]
    assert all(first != second for first, second in pairwise(values))
    assert recognise(values, 74) is None


def test_a_fader_at_the_bottom_may_be_either_for_a_while() -> None:
    assert doubtful([1, 2, 3])
    assert not doubtful([1, 2, 3, 20])
