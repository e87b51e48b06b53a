"""What the shipped texture does with what it is told: the promises that its card makes figures of."""

import itertools

import numpy as np
import pytest

from bridge.music.chord import Chord
from export.spectral.following import agreement, chroma, ladder, middle, quietest
from tests.bridge.sound.packs import shipped
from tests.bridge.sound.waves import RATE, tones

CHORDS = (Chord(0), Chord(9, "m"), Chord(5), Chord(3), Chord(6, "m"), Chord(10))


@pytest.mark.parametrize("sound", [0, 1, 4])
def test_what_sounds_agrees_with_the_chord_that_was_asked_for_more_than_with_any_other(sound: int) -> None:
    found = agreement(shipped(), sound, chords=CHORDS)
    assert found.right >= 0.8
    assert found.asked > found.others + 0.25


def test_brighter_is_heard_as_brighter_and_denser_as_less_quiet() -> None:
    hertz = ladder(shipped(), middle, "brightness", (0.1, 0.5, 0.9))
    assert all(low < high for low, high in itertools.pairwise(hertz))
    floors = ladder(shipped(), quietest, "density", (0.5, 2.0, 8.0), sound=6)
    assert floors[0] + 10.0 < floors[2]


def test_pitch_classes_of_a_chord_of_sines_are_heard() -> None:
    found = chroma(tones((60, 64, 67)), RATE)
    assert set(np.argsort(found)[-3:]) == {0, 4, 7}
