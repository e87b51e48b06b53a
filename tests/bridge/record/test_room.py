import numpy as np

from bridge.record.room import Room


def test_a_silent_room_stays_silent() -> None:
    assert not Room(1024).add(np.zeros((1024, 2), np.float32)).any()


def test_the_room_rings_on_after_the_sound_and_then_falls_silent() -> None:
    room = Room(1 << 15)
    knock = np.zeros((1 << 15, 2), np.float32)
    knock[-1] = 1.0
    silence = np.zeros_like(knock)
    room.add(knock)
    energy = [float((room.add(silence) ** 2).sum()) for _ in range(4)]
    assert energy[0] > 1e-4
    assert energy[-1] < 1e-9


def test_where_the_blocks_are_cut_is_not_heard() -> None:
    sound = np.random.default_rng(1).standard_normal((1 << 17, 2)).astype(np.float32)
    whole = Room(1 << 17).add(sound)
    room = Room(1 << 16)
    halves = np.concatenate([room.add(sound[: 1 << 16]), room.add(sound[1 << 16 :])])
    assert np.allclose(whole, halves, atol=1e-4)
