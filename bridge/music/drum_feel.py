"""How late a drummer is: milliseconds by which strokes come after (or before) their place, by style and piece.

Medians over the performances of the Groove MIDI Dataset (CC BY 4.0; Gillick et al., 2019) in the training split, each
freed of its own delay; `python -m export.ensemble.drum_timing` measures them.
"""

GROUPS = {
    "rock": ("rock", "pop", "country", "folk", "punk"),
    "funk": ("funk", "soul", "hiphop", "reggae"),
    "jazz": ("jazz",),
    "latin": ("latin",),
}
"""Groups of styles that feel alike."""
PIECES = ("kick", "snare", "hat", "ride", "other")
PITCHES = {
    **dict.fromkeys((35, 36), "kick"),
    **dict.fromkeys((37, 38, 39, 40), "snare"),
    **dict.fromkeys((42, 44, 46), "hat"),
    **dict.fromkeys((51, 53, 59), "ride"),
}
"""General MIDI drum -> piece of the kit."""
LATE: dict[str, dict[str, tuple[int, ...]]] = {
    "rock": {"kick": (-1, 6, -2, 1), "snare": (1, 5, 0, 3), "hat": (-3, 7, -4, 1), "ride": (2, 10, 1, 1),
             "other": (1, 1, 0, -2)},
    "funk": {"kick": (-4, 5, -5, 15), "snare": (-2, 14, -8, 11), "hat": (-1, 3, -3, 7), "ride": (2, 3, 0, 7),
             "other": (-4, 9, -7, 3)},
    "jazz": {"kick": (-2, 10, 11, -6), "snare": (-1, 9, 5, 2), "hat": (-8, 15, 2, 10), "ride": (0, 15, 6, -5),
             "other": (-3, 15, 13, 3)},
    "latin": {"kick": (7, -4, 2, 1), "snare": (0, 5, -1, 0), "hat": (-4, 11, -4, 4), "ride": (5, 15, 1, -9),
              "other": (-2, 2, -5, -7)},
}  # fmt: skip
"""Milliseconds by group, piece, and sixteenth of the beat."""
JITTER = 6.0
"""Milliseconds around them within which half of the strokes lie: half of what was measured (12.9), as people's strokes
lean the same way for bars on end, and luck does not.
"""


def kit_piece(pitch: int) -> str:
    """The piece of the kit that a General MIDI drum belongs to."""
    return PITCHES.get(pitch, "other")


def lateness(style: str, pitch: int, beat: float, chance: float, amount: float = 1.0) -> float:
    """Seconds by which a stroke at a song position in beats comes late (negative: early).

    `chance` from 0 to 1 is the stroke's own luck; `amount` from 0 (a machine) to 1 (as people play). A style that is
    not known is taken as rock. Between sixteenths only luck counts.
    """
    group = next((name for name, styles in GROUPS.items() if style in styles), "rock")
    place = round(beat * 4)
    on_place = abs(beat * 4 - place) < 1e-3
    usual = LATE[group][kit_piece(pitch)][place % 4] if on_place else 0
    luck = (min(max(chance, 0.0), 1.0) - 0.5) * 4.0 * JITTER  # flat, with the same half within JITTER
    return amount * (usual + luck) / 1000.0
