"""`harmonise`: every note of the player sounds with harmony under it, at once."""

from bridge.jam.floor import Floor, Scene
from bridge.music.turn import Who


class Harmonise:
    """Nothing is planned: the wire answers key by key, from the table that `UnderFinger` keeps fresh there."""

    name = "harmonise"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        return Floor(Who.BOTH if scene.busy else Who.NOBODY)
