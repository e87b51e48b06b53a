import numpy as np

from export.gan.taps import SILENT, handled, plain, stacked, tapped
from tests.export.gan.grooves import windows


def test_taps_are_where_some_drum_is() -> None:
    deck = windows(8)
    taps = tapped(deck.kit, np.random.default_rng(1))
    assert (taps.onset <= deck.kit.onset.max(1)).all()
    assert ((taps.velocity > 0) == (taps.onset > 0)).all()
    assert (np.abs(taps.offset) <= 1.0).all()
    assert not taps.offset[taps.onset == 0].any()


def test_some_taps_are_left_out_and_some_windows_are_silent() -> None:
    kit = windows(8).kit
    many = tapped(type(kit)(*(np.repeat(part, 20, 0) for part in kit)), np.random.default_rng(2))
    full = kit.onset.max(1).sum() * 20
    assert 0.3 * full < many.onset.sum() < 0.95 * full
    silent = (~many.onset.any(1)).mean()
    assert SILENT / 2 < silent < 4 * SILENT


def test_the_plain_tap_is_what_hands_and_feet_beat() -> None:
    kit = windows().kit
    assert (plain(kit).onset == kit.onset[:, [0, 1, 4, 5, 6]].max(1)).all()


def test_a_hand_changes_no_place() -> None:
    kit = windows().kit
    tap = plain(kit)
    played = handled(tap, np.random.default_rng(3))
    assert (played.onset <= tap.onset).all()
    assert stacked(played).shape == (len(kit.onset), 3, 32)
