"""Phrases for the tests of the music-theory VAE: scales over triads, in several rhythms."""

from bridge.engine.theory_layout import Page, Shape, read
from bridge.engine.window import Window
from bridge.music.chord import Chord
from bridge.music.note import Note, Voice
from export.theory.examples import batched
from export.theory.phrases import Batch

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def page(number: int) -> Page:
    """A phrase of its own rhythm and range."""
    gap = (0.5, 1.0, 2.0)[number % 3]
    lead = [Note(Voice.LEAD, n * gap, gap, SCALE[(n + number) % 8], 80) for n in range(int(16 / gap))]
    chords = [Note(Voice.CHORDS, float(n), 1.0, pitch, 70) for n in range(0, 16, 2) for pitch in (48, 52, 55 + n % 4)]
    bass = [Note(Voice.BASS, float(n), 1.0, 36 + 7 * (n % 2), 70) for n in range(0, 16, 2)]
    parts = {Voice.LEAD: lead, Voice.CHORDS: chords, Voice.BASS: bass}
    return read(parts, Shape(Window(0.0)), chord_at=lambda beat: Chord(0))


def batch(count: int = 6) -> Batch:
    """So many of them."""
    return batched([page(number) for number in range(count)])
