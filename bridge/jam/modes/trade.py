"""`trade`: call and response of so many bars each."""

import math

from bridge.jam.floor import Floor, Scene
from bridge.jam.phrase import home_bar
from bridge.music.note import Span
from bridge.music.turn import Who

BARGE_IN = 1.0
"""Beats into the band's turn after which a new key of the player takes the floor back."""


class Trade:
    """The player has `trade_bars` bars from the bar of the first note, then the band has as many, and so on.

    The tail of the player's call may ring into the band's turn; a key pressed more than a beat into it ends it.
    """

    name = "trade"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        if scene.first is None:
            return Floor()
        length = scene.trade_bars * scene.map.meter.bar
        first = max(scene.first, scene.song_start)
        anchor = home_bar(first, scene.map)
        cycle = max(math.floor((scene.now - anchor) / (2 * length)), 0)
        start = anchor + (2 * cycle + 1) * length
        turn = Span(start, start + length)
        if turn.start + BARGE_IN < scene.pressed < turn.end:
            return Floor(Who.PLAYER)
        return Floor(Who.BAND if scene.now in turn else Who.PLAYER, turn)
