"""The floors: whose turn it is in every mode that somebody plays in, and what the player did that bears on it."""

import math
from collections.abc import Collection

from bridge.clock.tempo_map import TempoMap
from bridge.jam.floor import Floor, Scene, rested
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.modes import MODES
from bridge.jam.phrasebook import Phrasebook
from bridge.music.note import Span

CONTEXT = 4
"""Notes the player must have played before a model is asked; the vamp has the bars before."""


class Floors:
    """A floor for each mode. All positions are stage beats."""

    def __init__(self, listener: Listener, book: Phrasebook) -> None:
        self._listener = listener
        self._book = book
        self._floors: dict[str, Floor] = {}
        self._first: float | None = None
        self._rests_until = -math.inf
        self.pressed = -math.inf
        """When the player last put a key down."""

    @property
    def informed(self) -> bool:
        """Whether the player has played enough for a model to go on."""
        return self._listener.notes >= CONTEXT

    def of(self, mode: str) -> Floor:
        """Who plays in a mode."""
        return self._floors.get(mode, Floor())

    def turn(self, mode: str) -> Span | None:
        """The band's turn in a mode, or what a rest leaves of it."""
        return rested(self.of(mode).band, self._rests_until)

    def press(self, beat: float) -> None:
        """The player put a key down."""
        if self._first is None:
            self._first = beat
        self.pressed = beat

    def rest(self, until: float) -> None:
        """The band plays nothing before a stage beat; a jump ends the rest."""
        self._rests_until = until

    def jump(self, beat: float, going_on: bool) -> None:
        """The music jumped to a stage beat: no turn holds. Where it is `going_on`, the player is still there."""
        self._floors.clear()
        self._first = beat if going_on and self._first is not None else None
        self._rests_until = -math.inf

    def scene(self, now: float, map: TempoMap, knobs: Knobs, ready: float, stocked: bool) -> Scene:
        """What the modes decide from; `ready` is the earliest beat at which the band could come in, and `stocked` says
        whether there are phrases in the slots for a band that plays alone."""
        phrase = self._book.player(now, map)
        return Scene(
            now=now,
            map=map,
            busy=self._listener.busy,
            first=self._first,
            pressed=self.pressed,
            last=self._listener.last,
            ready=ready,
            expected=self._listener.expected(map.meter.bar),
            patience=knobs.patience,
            trade_bars=knobs.trade_bars,
            informed=self.informed,
            upbeat=phrase.upbeat if phrase is not None else 0.0,
            stocked=stocked,
        )

    def decide(self, modes: Collection[str], scene: Scene) -> dict[str, Floor]:
        """Give the floor in each of these modes; returns the floors as they were where the band's turn is another now.

        A mode that nobody plays in any more has no floor to come back to: its turn would have begun long ago.
        """
        before = {mode: self.of(mode) for mode in modes}
        rolls = scene.map.playing
        self._floors = {mode: MODES[mode].decide(scene, was) if rolls else Floor() for mode, was in before.items()}
        return {mode: was for mode, was in before.items() if was.band != self._floors[mode].band}
