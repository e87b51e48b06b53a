"""The parameters of the groove: how the band's notes are moved when they sound. One row each, as in `rows`."""

from bridge.control.parameter import Kind, Parameter
from bridge.music.drum_feel import GROUPS

SWING, SWING_UNIT, SWING_SHARE = "swing", "swing_unit", "swing_share"
"""How much the off-beats are late, which ones, and how much of it a voice has."""

DRUM_FEEL, DRUM_STYLE = "drum_feel", "drum_style"
"""How far the drums are late and early as a drummer is, and what kind of drummer."""

UNITS = {"eighths": 0.5, "sixteenths": 0.25}
"""Beats of the notes that may swing."""

GROOVE: tuple[Parameter, ...] = (
    Parameter(
        name=SWING,
        kind=Kind.FLOAT,
        default=0.0,
        group="groove",
        description="How late the band's off-beats are: 0 even, 0.5 a light swing, 1 triplets (two to one).",
    ),
    Parameter(
        name=SWING_UNIT,
        kind=Kind.CHOICE,
        default="eighths",
        choices=tuple(UNITS),
        group="groove",
        description="Which notes swing; triplets stay where they are.",
    ),
    Parameter(
        name=DRUM_FEEL,
        kind=Kind.FLOAT,
        default=0.0,
        group="groove",
        description="How far drums on the grid are late and early as a drummer's: 0 a machine, 1 as people play.",
    ),
    Parameter(
        name=DRUM_STYLE,
        kind=Kind.CHOICE,
        default="rock",
        choices=tuple(GROUPS),
        group="groove",
        description="Which drummers the drum feel is from.",
    ),
    Parameter(
        name=SWING_SHARE,
        kind=Kind.FLOAT,
        default=1.0,
        group="voice",
        per_voice=True,
        description="How much of the band's swing the voice has: 0 none, 1 all of it.",
    ),
)
