"""Harmony under a melody: for every pitch the notes that go below it, in a chord that is told or that the key has."""

from bridge.music.chord import KINDS, Chord
from bridge.music.key import Key

PITCHES = 128
LOWEST = 43
"""The lowest pitch (G2) that a harmony note takes: close harmony below it is mud."""
NEAREST = 3
"""Semitones that a harmony note lies below the tune at least."""
FAVOURITE = (0, 4, 0, 3, 0, 3, 4)
"""The degree of the root of the chord that usually goes under each degree of a scale of seven notes."""

Table = tuple[tuple[int, ...], ...]
"""128 entries: the pitches that sound with each pitch of the player."""


def under(pitch: int, key: Key, chord: Chord | None = None, count: int = 2) -> tuple[int, ...]:
    """The `count` notes at most that go below a pitch, from the top down.

    Where the pitch belongs to the chord, they are the chord's next notes below it; a passing note takes the nearest
    notes of the key that are consonant with it and, as far as it goes, of the chord.
    """
    sung = chord if chord is not None else suggested(pitch, key)
    tones = {pc % 12 for pc in sung.pitch_classes}
    scale = set(key.pitch_classes) | tones
    if pitch % 12 not in tones:
        stable = {tone for tone in tones if _consonant(pitch, tone)}
        tones = stable | ({tone for tone in scale if _consonant(pitch, tone)} if len(stable) < count else set())
    found: list[int] = []
    for below in range(pitch - NEAREST, LOWEST - 1, -1):
        last = found[-1] if found else pitch
        if below % 12 in tones and below % 12 != pitch % 12 and last - below >= NEAREST:
            found.append(below)
            if len(found) == count:
                break
    return tuple(found)


def table(key: Key, chord: Chord | None = None, count: int = 2) -> Table:
    """`under` for every pitch."""
    return tuple(under(pitch, key, chord, count) for pitch in range(PITCHES))


def suggested(pitch: int, key: Key) -> Chord:
    """The chord that a key suggests for a pitch of the tune: a triad of the scale that has it."""
    scale = key.pitch_classes
    if len(scale) != 7 or pitch % 12 not in scale:
        return _triad(_nearest_root(pitch % 12, scale), scale)
    degree = scale.index(pitch % 12)
    return _triad(scale[FAVOURITE[degree]], scale)


def _triad(root: int, scale: tuple[int, ...]) -> Chord:
    """The triad on a root whose notes are most at home in a scale, the plainest first."""
    homes = {kind: sum((root + step) % 12 in scale for step in KINDS[kind]) for kind in ("", "m", "dim")}
    return Chord(root, max(homes, key=lambda kind: homes[kind]))


def _nearest_root(pitch_class: int, scale: tuple[int, ...]) -> int:
    """The note of a scale a third or a fifth below a pitch class, or else the nearest one."""
    for step in (4, 3, 7, 0):
        if (pitch_class - step) % 12 in scale:
            return (pitch_class - step) % 12
    return min(scale, key=lambda other: min((other - pitch_class) % 12, (pitch_class - other) % 12))


def _consonant(pitch: int, other: int) -> bool:
    """Whether a pitch class below a pitch makes a third, fifth or sixth with it."""
    return (pitch - other) % 12 in (3, 4, 7, 8, 9)
