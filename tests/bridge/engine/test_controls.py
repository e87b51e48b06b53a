import math

import numpy as np

from bridge.engine.controls import DENSITY_KNOWN, REGISTER_KNOWN, SCALE_KNOWN, SIZE, controls


def test_what_is_not_said_is_marked_as_not_known() -> None:
    assert not controls().any()
    assert controls().shape == (SIZE,)


def test_a_scale_is_the_same_in_every_octave() -> None:
    assert np.array_equal(controls((0, 4, 7)), controls((60, 76, 55)))
    assert controls((0, 4, 7))[SCALE_KNOWN] == 1


def test_density_and_register_are_each_known_by_themselves() -> None:
    assert controls(density=2.0)[DENSITY_KNOWN] == 1
    assert controls(density=2.0)[REGISTER_KNOWN] == 0
    assert controls(register=math.nan)[REGISTER_KNOWN] == 0
