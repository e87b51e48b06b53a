"""`follow`: the band plays along and takes your rhythm, or your pitches, as the knob `follow` says."""

from bridge.engine.family import Material
from bridge.jam.modes.accompany import Accompany
from bridge.jam.phrase import material
from bridge.jam.stock import Stock


class Follow(Accompany):
    """The band comes in and stays as in `accompany`; what it takes of you is what you did two bars before."""

    name = "follow"

    def material(self, stock: Stock) -> Material | None:
        """The player's last bars, of which one factor is kept."""
        if stock.lately is None:
            return None
        return material(stock.lately, stock.origin, stock.bar, stock.voices, keep=(stock.follow,))
