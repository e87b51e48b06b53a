"""A drum kit of nine pieces, to which every General MIDI drum belongs (after Gillick et al., GrooVAE, 2019)."""

KIT = (36, 38, 42, 46, 45, 48, 50, 49, 51)
"""The pitch that each piece of NAMES sounds with."""
NAMES = ("bass drum", "snare", "closed hi-hat", "open hi-hat", "low tom", "mid tom", "high tom", "crash", "ride")

_FOLD = {
    0: (35, 36),
    1: (37, 38, 39, 40),
    2: (22, 42, 44, 54, 69, 70, 82),
    3: (26, 46),
    4: (41, 43, 45, 58, 61, 64, 66),
    5: (47, 48, 60, 63, 65),
    6: (50, 62),
    7: (49, 52, 55, 57),
    8: (51, 53, 56, 59, 67, 68, 75, 76, 77),
}
PIECE_OF = {pitch: piece for piece, pitches in _FOLD.items() for pitch in pitches}
"""Pitch -> piece, for the drums that there are; others are left out."""
