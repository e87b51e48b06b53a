"""`free`: the band alone."""

import math

from bridge.jam.floor import Floor, Scene
from bridge.music.note import Span
from bridge.music.turn import Who


class Free:
    """The band plays from the song's first bar until the music stops; the player is heard, but not waited for."""

    name = "free"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        turn = floor.band or Span(scene.map.next_beat(max(scene.ready, scene.song_start)), math.inf)
        if scene.now < turn.start:
            return Floor(Who.NOBODY, turn)
        return Floor(Who.BOTH if scene.busy else Who.BAND, turn)
