"""The vamp: what the band plays by rule while there is no model, or no music yet for one to go on.

The arranger's band over the chart, over the chord that the player speaks for, or else over I-vi-IV-V (i-VI-iv-v in
minor scales). Every note follows from the arguments alone: a vamp asked for again, or in pieces, is the same.
"""

from functools import lru_cache

from bridge.music.arranger import PHRASE, START, Bar, Hints, arrange
from bridge.music.arranger_tune import tune
from bridge.music.chart import Chart
from bridge.music.chord import KINDS, Chord, ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

DEGREES = (0, 5, 3, 4)
"""Scale degrees of the roots, one a bar."""
DENSITY = 0.35
BELOW_THE_PLAYER = 3
"""Semitones under the player's register that the chords keep below."""
CEILING = (58, 76)
PLAIN = ("", "m", "dim", "sus4", "5")
"""Kinds that a degree's chord may be, the plainest first."""
KEPT = 64
"""Phrases remembered."""


def vamp(
    voice: Voice,
    span: Span,
    key: Key,
    meter: Meter,
    song: float,
    register: float,
    seed: int = 0,
    chart: Chart | None = None,
) -> list[Note]:
    """Notes of one voice in a span of stage beats, in time order. `song` is song position minus stage beat."""
    notes: list[Note] = []
    phrase = int((span.start + song) // meter.bar) // PHRASE
    low = 12 * round(register / 12)  # a register that drifts by a tone or two is the same vamp
    while (start := phrase * PHRASE * meter.bar - song) < span.end:
        for note in _phrase(voice, phrase, key, meter, low, seed, chart or Chart()):
            moved = Note(voice, note.beat + start, note.duration, note.pitch, note.velocity)
            if moved.beat in span:
                notes.append(moved)
        phrase += 1
    return notes


def progression(bar: int, key: Key, meter: Meter, chart: Chart) -> tuple[ChordAt, ...]:
    """The chords of a bar, in beats from its bar line."""
    if chart:
        start = bar * meter.bar
        found = chart.between(max(start, 0.0), max(start, 0.0) + meter.bar, meter)
        return tuple(ChordAt(max(at.beat - max(start, 0.0), 0.0), at.chord) for at in found)
    return (ChordAt(0.0, triad(key, DEGREES[bar % len(DEGREES)])),)


def triad(key: Key, degree: int) -> Chord:
    """The plainest chord on a degree (from 0, wrapping) of a scale whose notes are most at home in it."""
    scale = key.pitch_classes
    root = scale[degree % len(scale)]
    home = {kind: sum((root + step) % 12 not in scale for step in KINDS[kind]) for kind in PLAIN}
    return Chord(root, min(home, key=lambda kind: home[kind]))


def style(meter: Meter) -> str:
    """The arranger's style that suits a meter."""
    if meter.unit >= 8 and meter.beats % 3 == 0:
        return "jig"
    return "waltz" if meter.beats % 3 == 0 else "rock"


@lru_cache(maxsize=KEPT)
def _phrase(
    voice: Voice, phrase: int, key: Key, meter: Meter, register: int, seed: int, chart: Chart
) -> tuple[Note, ...]:
    """A phrase of one voice, in beats from its start."""
    notes: list[Note] = []
    hands, pitch = START, None
    ceiling = min(max(register - BELOW_THE_PLAYER, CEILING[0]), CEILING[1])
    hints = Hints(style(meter), DENSITY, ceiling)
    for index in range(PHRASE):
        number = phrase * PHRASE + index
        after = progression(number + 1, key, meter, chart)
        bar = Bar(number, meter, key, progression(number, key, meter, chart), after[0].chord if after else None)
        if voice is Voice.LEAD:
            played, pitch = tune(bar, DENSITY, float(register), pitch, seed)
        else:
            played, hands = arrange(bar, hints, hands, seed, (voice,))
        start = index * meter.bar
        notes.extend(Note(voice, note.beat + start, note.duration, note.pitch, note.velocity) for note in played)
    return tuple(sorted(notes, key=lambda note: note.beat))
