from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.jack import unwrap


@given(st.integers(0, 1 << 40), st.integers(-(1 << 30), 1 << 30))
def test_the_frame_counter_goes_on_counting_past_its_32_bits(near: int, step: int) -> None:
    assert unwrap((near + step) & 0xFFFFFFFF, near) == near + step
