"""Swing: the off-beats played late, as a place in the song is mapped to where it sounds.

Time is stretched in the first half of each pair of notes and squeezed in the second, so that the order of notes stays
and their ends move with their beginnings. Triplets swing already: a note that begins on one stays where it is.
"""

LATEST = 1.0 / 3.0
"""At most, by how much of its length the first note of a pair is longer: two to one, as in a triplet."""
NEAR = 1.0 / 48.0
"""Beats within which a note belongs to a place of the beat."""


def swung(beat: float, amount: float, unit: float = 0.5) -> float:
    """Where a song position in beats sounds with a swing of 0 (even) to 1 (two to one); `unit` is the length in beats
    of the notes that swing: 0.5 for eighths, 0.25 for sixteenths. A position on a triplet of the pair stays.
    """
    pairs, into = divmod(beat, 2 * unit)
    if _triplet(into / (2 * unit), unit):
        return beat
    return pairs * 2 * unit + _stretched(into, amount, unit)


def ended(beat: float, amount: float, unit: float = 0.5) -> float:
    """Where the end of a note sounds: as `swung`, but triplets move with the rest, so that no end leaps."""
    pairs, into = divmod(beat, 2 * unit)
    return pairs * 2 * unit + _stretched(into, amount, unit)


def _stretched(into: float, amount: float, unit: float) -> float:
    more = min(max(amount, 0.0), 1.0) * LATEST
    if into < unit:
        return into * (1 + more)
    return unit * (1 + more) + (into - unit) * (1 - more)


def _triplet(share: float, unit: float) -> bool:
    """Whether a place within a pair is its second or third triplet."""
    return any(abs(share - third) * 2 * unit < NEAR for third in (1 / 3, 2 / 3))
