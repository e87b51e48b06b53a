"""`interpolate`: the band plays between the phrases of slots A and B, where the fader `blend` stands."""

import math
from collections.abc import Collection

from bridge.engine.family import Material
from bridge.jam.floor import Floor, Scene
from bridge.jam.phrase import material
from bridge.jam.stock import Stock
from bridge.music.note import Span
from bridge.music.turn import Who

ENDS = ("A", "B")
"""The slots at the two ends of the fader."""


class Interpolate:
    """The band plays on from the next bar, whether the player plays or not, as soon as there is something to play
    from: a slot, or the player."""

    name = "interpolate"

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        there = scene.stocked or (scene.first is not None and scene.informed)
        if floor.band is None and not there:
            return Floor() if scene.first is None else Floor(Who.PLAYER)
        turn = floor.band or Span(scene.map.next_bar(max(scene.ready, scene.song_start)), math.inf)
        if scene.now < turn.start:
            return Floor(Who.PLAYER if scene.busy else Who.NOBODY, turn)
        return Floor(Who.BOTH if scene.busy else Who.BAND, turn)

    def material(self, stock: Stock) -> Material | None:
        """The phrases of the two slots; the player's last one stands in for what is missing."""
        start, end = (stock.slots.get(letter, stock.phrase) for letter in ENDS)
        if start is None or end is None:
            one = start or end
            return None if one is None else material(one, stock.origin, stock.bar, stock.voices)
        return material(start, stock.origin, stock.bar, stock.voices, end, stock.blend)


def missing(slots: Collection[str]) -> str:
    """What to tell a player where these slots hold phrases; nothing where all is there."""
    empty = [letter for letter in ENDS if letter not in slots]
    if not empty:
        return ""
    which = "slots A and B are" if len(empty) == 2 else f"slot {empty[0]} is"
    deeds = " and ".join(f"slot/{letter}/capture" for letter in empty)
    return f"{which} empty, your last phrase stands in: play a phrase, then capture it ({deeds}, or on the page)"
