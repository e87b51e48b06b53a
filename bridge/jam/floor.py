"""Whose turn it is: the floor, and what a mode may look at to give it."""

from typing import Protocol

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Span
from bridge.music.turn import Who


class Floor(msgspec.Struct, frozen=True):
    """Who plays now, and the band's turn that runs or is coming (its end may be infinity)."""

    who: Who = Who.NOBODY
    band: Span | None = None


def rested(turn: Span | None, until: float) -> Span | None:
    """What is left of a turn of the band that rests until a stage beat."""
    if turn is None or turn.start >= until:
        return turn
    return Span(until, turn.end) if until < turn.end else None


class Scene(msgspec.Struct, frozen=True):
    """What a mode decides from. All positions are stage beats."""

    now: float
    map: TempoMap
    busy: bool
    """A key or pedal of the player is down."""
    first: float | None
    """When the player first played since the music started or jumped; None before."""
    pressed: float
    """When the player last put a key down (minus infinity: never)."""
    last: float
    """When the player last did anything."""
    ready: float
    """The earliest beat at which the band could come in."""
    expected: float | None
    """Where the player will probably come in next, if that can be told."""
    patience: float
    trade_bars: int
    informed: bool = True
    """Whether the player has played enough for the band to go on."""
    upbeat: float = 0.0
    """Beats before its first bar line at which the player's last phrase was begun."""
    stocked: bool = False
    """Whether a phrase has been put in the slots that a band alone goes by."""

    @property
    def song_start(self) -> float:
        """The stage beat of the song's first bar: what is before it is count-in."""
        return -self.map.song


class Mode(Protocol):
    """A way of taking turns: a pure function from the scene and the floor so far to the floor."""

    name: str

    def decide(self, scene: Scene, floor: Floor) -> Floor:
        """Give the floor."""
        ...
