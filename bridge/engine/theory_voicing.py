"""Voicings on their chords: what the music-theory VAE lets sound in a half bar moved onto the tones of its chord.

The voicing's numbers know pitches of their own, those of the phrase that they come from; where the chord is another
one, they say how the chord is spread, and the chord says its tones.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_layout import (
    BAR,
    BASS,
    BASS_LOW,
    BASS_SIZE,
    CHORDS,
    CHORDS_LOW,
    CHORDS_SIZE,
    ONSET,
    Page,
    chord_of,
    tones,
)


def on_chords(page: Page, where: NDArray[np.bool_]) -> Page:
    """The phrase with each note of its chords on the nearest tone of the half bar's chord, `where` [8] says so."""
    chords = page.chords.copy()
    for step, _, symbol in _onsets(page, CHORDS, where):
        chords[step] = _moved(chords[step], symbol)
    return page._replace(chords=chords)


def on_roots(page: Page, where: NDArray[np.bool_]) -> Page:
    """The phrase with the bass on the nearest root where it first plays in a half bar whose chord is told, `where` [8]
    says so; what is a tone of the chord stays."""
    bass, done = page.bass.copy(), set()
    for step, half, symbol in _onsets(page, BASS, where):
        pitch, chord = int(bass[step]) - 1 + BASS_LOW, chord_of(symbol)
        if half not in done and chord is not None and not tones(symbol)[pitch % 12]:
            bass[step] = min(_roots(chord.root), key=lambda root: (abs(root - pitch), root)) - BASS_LOW + 1
        done.add(half)
    return page._replace(bass=bass)


def _onsets(page: Page, voice: int, where: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Step, half bar and chord of each onset of a voice where a chord is known, `where` [8] says so."""
    for step in np.flatnonzero(page.states[voice] == ONSET).tolist():
        bar, into = divmod(step, BAR)
        half = 2 * bar + (2 * into >= page.bar)
        if where[half] and page.symbols[half]:
            yield step, half, int(page.symbols[half])


def _roots(root: int) -> range:
    """Pitches of the bass that are a root."""
    return range(BASS_LOW + (root - BASS_LOW) % 12, BASS_LOW + BASS_SIZE, 12)


def _moved(struck: NDArray[np.bool_], symbol: int) -> NDArray[np.bool_]:
    """[56] what is struck, on the tones of a chord, each on one that is still free if there is one near."""
    found = np.zeros_like(struck)
    for pitch in np.flatnonzero(struck).tolist():
        ways = _ways(symbol)[pitch]
        found[next((way for way in ways if not found[way]), ways[0])] = True
    return found


@lru_cache(maxsize=128)
def _ways(symbol: int) -> tuple[tuple[int, ...], ...]:
    """For each pitch of the chords' range the two nearest tones of a chord, the nearer first, the lower of equals."""
    inside = [pitch for pitch in range(CHORDS_SIZE) if tones(symbol)[(pitch + CHORDS_LOW) % 12]]
    return tuple(tuple(sorted(inside, key=lambda tone: (abs(tone - pitch), tone))[:2]) for pitch in range(CHORDS_SIZE))
