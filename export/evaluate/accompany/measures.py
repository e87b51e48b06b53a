"""The table of measures: a name, what computes it, and which way is better."""

from collections.abc import Callable, Sequence

import msgspec

from bridge.music.note import Note
from export.evaluate.accompany import harmony, reaction, rhythm, variety
from export.evaluate.accompany.trial import Trial

Compute = Callable[[Trial, Sequence[Note]], float | None]
MORE, LESS, NEAR = 1, -1, 0
"""Better is more, less, or near to people's own."""


class Measure(msgspec.Struct, frozen=True):
    """A figure of one trial; None where the trial has nothing to measure. `listens`: the band cannot do well deaf."""

    name: str
    compute: Compute
    better: int = NEAR
    listens: bool = False
    goal: float | None = None
    """How near to people's own it must come."""


MEASURES = (
    Measure("chord-tone ratio", harmony.chord_tones, MORE, True, 0.03),
    Measure("clashes on strong beats", harmony.clashes, LESS, True, 0.03),
    Measure("CR, consonant with the player", harmony.consonant, MORE, True, 0.03),
    Measure("UR, player left alone", harmony.unsupported, LESS),
    Measure("reaction to a chord (beats)", reaction.reaction, LESS, True),
    Measure("onsets agree with the written part", rhythm.onset_agreement, MORE),
    Measure("groove similar to the written part", rhythm.groove, MORE),
    Measure("onsets agree with the player", rhythm.with_player, NEAR),
    Measure("notes a beat", rhythm.density),
    Measure("onset entropy (bits)", rhythm.onset_entropy),
    Measure("pitch-class entropy (bits)", variety.pitch_entropy),
    Measure("self-similarity of bars", variety.self_similarity),
)
