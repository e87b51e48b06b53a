"""`vary`: the band answers with your last phrase, moved by the pack's knobs."""

import math

from bridge.engine.family import Material
from bridge.jam.floor import Scene
from bridge.jam.modes.continue_ import Continue
from bridge.jam.phrase import material
from bridge.jam.stock import Stock


class Vary(Continue):
    """Turns are taken as in `continue`, but the band begins where your phrase did: on a bar line, or with the upbeat
    that led to it."""

    name = "vary"

    def entry(self, scene: Scene, after: float) -> float:
        """The next bar line, or the whole beat before it with which the phrase begins."""
        bar = scene.map.next_bar(after)
        with_upbeat = bar - math.ceil(scene.upbeat)
        return with_upbeat if with_upbeat >= after else bar

    def material(self, stock: Stock) -> Material | None:
        """The player's phrase, from the bar line on at which the turn begins."""
        if stock.phrase is None:
            return None
        return material(stock.phrase, stock.origin, stock.bar, stock.voices)
