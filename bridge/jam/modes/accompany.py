"""`accompany`: the band plays while the player plays."""

import math

from bridge.jam.floor import Floor, Scene
from bridge.music.note import Span
from bridge.music.turn import Who


class Accompany:
    """The band comes in on the first whole beat after it knows what to go on, and stays until the music stops."""

    name = "accompany"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        if scene.first is None:
            return Floor()
        turn = floor.band
        if turn is None:
            if not scene.informed:
                return Floor(Who.PLAYER)
            turn = Span(scene.map.next_beat(max(scene.ready, scene.song_start)), math.inf)
        return Floor(Who.BOTH if scene.now >= turn.start else Who.PLAYER, turn)
