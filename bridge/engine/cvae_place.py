"""Where a phrase lies among the latents of the conditional VAE, and the key in which it is read."""

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from bridge.engine.cvae_controls import Wish, beat_rows, wish_row
from bridge.engine.cvae_graphs import Graphs
from bridge.engine.cvae_phrase import read
from bridge.engine.window import PER_BEAT, windows
from bridge.music.key import find_key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

MOST = 4
"""Windows of a phrase that are read."""


def place_of(graphs: Graphs, notes: Sequence[Note], span: Span, bar: float, key: Sequence[int]) -> tuple[float, ...]:
    """Where notes lie that fill a span, which begins on a bar line: by the mean of z over the windows that have some.

    `bar` is in beats; `key` is a scale from its tonic up, empty where the notes are to speak for it. Empty for a pack
    that cannot say, and where nothing is played. Raises EngineError.
    """
    meter = Meter(max(round(bar * PER_BEAT), 1), 4 * PER_BEAT)
    up = to_c(key[0] % 12 if key else tonic_of(notes))
    found = []
    for window in islice(windows(span, meter, -span.start), MOST):
        if any(note.beat in window.span for note in notes):
            row, beats = wish_row(Wish(), window.bar), beat_rows(window)
            found.append(graphs.read(read(notes, window, up), row, beats))
    return tuple(float(value) for value in graphs.place(np.mean(found, 0))) if found else ()


def to_c(tonic: int) -> int:
    """Semitones up (down below 0) to the nearest C."""
    return -tonic if tonic <= 6 else 12 - tonic


def tonic_of(notes: Iterable[Note]) -> int:
    """Pitch class of the tonic that notes speak for."""
    weights = [0.0] * 12
    for note in notes:
        if note.voice is not Voice.DRUMS:
            weights[note.pitch % 12] += note.duration
    return find_key(weights).tonic
