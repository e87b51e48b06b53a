"""Where the notes of a chord lie: voicings that move little, and a bass line that leads from root to root."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, product

from bridge.music.chord import KINDS, Chord

RANGE = (50, 79)
"""Lowest and highest pitch of the chords."""
CENTRE = 63.0
ROOM = 12
"""Semitones of the range that a low ceiling leaves."""
WIDEST = 16
BASS_RANGE = (29, 52)
BASS_CENTRE = 38.0

Voicing = tuple[int, ...]
"""Pitches of a chord from below."""


@lru_cache(maxsize=1 << 16)
def voice(chord: Chord, before: Voicing = (), fewest: int = 3, ceiling: int = RANGE[1]) -> Voicing:
    """The voicing of a chord that moves least from the one before, near the middle of the range, under `ceiling`.

    Four notes leave out the fifth before any other, as the bass has the root; every third and seventh is there.
    """
    top = max(min(ceiling, RANGE[1]), RANGE[0] + ROOM)
    options = _options(_classes(chord, fewest), top) or _options(_classes(chord, 1), top)
    found = [option for option in options if option[-1] - option[0] <= WIDEST] or options
    return min(found, key=lambda option: (_cost(option, before, chord, top), option))


def _classes(chord: Chord, fewest: int) -> tuple[int, ...]:
    """Pitch classes that are played, a doubled root last where there are fewer than wanted."""
    own = [(chord.root + step) % 12 for step in KINDS[chord.kind]]
    if len(own) > 3 and fewest < 4:
        own.remove((chord.root + KINDS[chord.kind][2]) % 12)
    while len(own) < fewest:
        own.append(own[len(own) % 2])
    return tuple(own)


def _options(classes: Sequence[int], top: int) -> list[Voicing]:
    """Every placing of the pitch classes in the range, no two on one pitch."""
    places = [[pitch for pitch in range(RANGE[0], top + 1) if pitch % 12 == each] for each in classes]
    options = {tuple(sorted(choice)) for choice in product(*places) if len(set(choice)) == len(choice)}
    close = [option for option in options if all(b - a <= 9 for a, b in pairwise(option))]
    return close or list(options)


def _cost(option: Voicing, before: Voicing, chord: Chord, top: int) -> float:
    centre = min(CENTRE, top - 6.0)
    cost = 0.25 * abs(sum(option) / len(option) - centre)
    # Seconds low down are mud; one in the middle is colour.
    cost += sum(1.5 for a, b in pairwise(option) if b - a <= 2 and a < 57)
    cost += sum(0.6 for a, b in pairwise(option) if b - a == 1)
    if before:
        cost += sum(min(abs(pitch - other) for other in before) for pitch in option)
        cost += 1.3 * abs(option[-1] - before[-1])
    return cost


def bass_note(pitch_class: int, before: int | None, low: int = BASS_RANGE[0], high: int = BASS_RANGE[1]) -> int:
    """The pitch of a class nearest to the note before, and not far from the bass's middle."""
    options = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    if before is None:
        return min(options, key=lambda pitch: abs(pitch - BASS_CENTRE))
    return min(options, key=lambda pitch: (abs(pitch - before) + 0.35 * abs(pitch - BASS_CENTRE), pitch))


def leading(target: int, before: int, scale: frozenset[int], chromatic: bool) -> int:
    """The note that leads to `target`: a step away, in the scale unless `chromatic`, not the note played before."""
    options = [target + step for step in (-1, 1, -2, 2) if target + step != before]

    def cost(pitch: int) -> tuple[bool, int, int]:
        near = abs(pitch - target) == 1
        return (not near if chromatic else pitch % 12 not in scale), abs(pitch - before), pitch

    return min(options, key=cost)
