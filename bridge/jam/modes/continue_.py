"""`continue`: the band takes over when the player stops, and yields when the player returns."""

import math

from bridge.jam.floor import Floor, Scene
from bridge.music.note import Span
from bridge.music.turn import Who

BREATH = 0.5
"""Beats the band waits, beyond the next whole one, where it expected the player who did not come."""


class Continue:
    """The player has stopped when no key or pedal has been down for `patience` beats.

    The band comes in on the next whole beat after that. Its turn is announced as soon as the last key is up, so that
    the answer can be made ready; a key pressed before or during the turn ends it at once. Where the player comes
    back regularly, the band ends its phrase there and leaves room.
    """

    name = "continue"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        if scene.first is None:
            return Floor()
        if scene.busy:
            return Floor(Who.PLAYER)
        turn = floor.band
        if turn is None or scene.pressed >= turn.start:
            turn = self._turn(scene, scene.last + scene.patience)
        elif scene.now >= turn.end:
            turn = self._turn(scene, turn.end + BREATH)
        return Floor(Who.BAND if scene.now >= turn.start else Who.PLAYER, turn)

    def entry(self, scene: Scene, after: float) -> float:
        """The stage beat at which the band comes in that may do so from `after` on: the next whole one."""
        return scene.map.next_beat(after)

    def _turn(self, scene: Scene, after: float) -> Span:
        """A turn from its entry on, until the player is expected."""
        start = self.entry(scene, max(after, scene.ready, scene.song_start))
        expected = scene.expected
        return Span(start, expected if expected is not None and expected >= start + 1.0 else math.inf)
