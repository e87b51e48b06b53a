import math

import numpy as np
import pytest

from export.data import proxies
from export.data.piece import Column, Role
from tests.export.data.makings import hymn


def test_minor_is_darker_than_major_and_high_brighter_than_low() -> None:
    notes = hymn().notes.copy()
    minor = notes.copy()
    thirds = np.isin(minor[:, Column.PITCH] % 12, [4, 9, 11])
    minor[thirds, Column.PITCH] -= 1
    high = notes.copy()
    high[:, Column.PITCH] += 12
    assert proxies.brightness(minor) < proxies.brightness(notes) < proxies.brightness(high)


def test_more_onsets_a_beat_arouse_more_and_louder_notes_too_where_a_person_played() -> None:
    piece = hymn()
    loud = piece.notes.copy()
    loud[:, Column.VELOCITY] += 20
    assert proxies.arousal(piece.notes, 32.0, False) > proxies.arousal(piece.notes, 64.0, False)
    assert proxies.arousal(loud, 32.0, False) == proxies.arousal(piece.notes, 32.0, False)
    assert proxies.arousal(loud, 32.0, True) > proxies.arousal(piece.notes, 32.0, True)


def test_nothing_is_known_of_silence() -> None:
    assert math.isnan(proxies.arousal(hymn().notes[:0], 8.0, False))
    assert math.isnan(proxies.brightness(hymn().notes[:0]))


@pytest.mark.parametrize("tonic", [0, 3, 7])
def test_the_key_that_fits_best_is_found(tonic: int) -> None:
    notes = hymn().notes.copy()
    notes[:, Column.PITCH] += tonic
    assert proxies.likely_key(notes) == (tonic, "major")
    assert (notes[:, Column.ROLE] != Role.DRUMS).all()
