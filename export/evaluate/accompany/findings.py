"""All that an evaluation found, as it is kept in JSON."""

import msgspec

from export.evaluate.accompany.judgement import Figures, Loss, Values


class Group(msgspec.Struct, frozen=True):
    """Figures over some trials of one sort."""

    count: int
    named: str
    """How many of which set."""
    figures: Figures
    distances: Figures
    values: Values
    trials: tuple[str, ...]


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of a pack in a mode, and how it was asked."""

    pack: str
    mode: str
    alone: bool
    seed: int
    candidates: int
    note_ms: float
    settling: int
    judged: int
    written: Group | None
    others: Group | None
    losses: dict[str, Loss]
    share: float | None
    """Mean share of the gap between people and vamp that the pack loses by hearing another tune."""
