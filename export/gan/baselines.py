"""Drummers without a model, to compare with: the nearest tap's own groove, always the same groove, a band by rule."""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.gan_rows import GENRES, TAP, Hits, Row, kit_of
from bridge.engine.window import PER_BEAT, Window, cells
from bridge.music.arranger import Bar, Hints, arrange
from bridge.music.chord import Chord, ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from export.gan.deck import Deck
from export.gan.figures import apart
from export.gan.grooves import BAR
from export.gan.taps import plain

LOOKED = 400
"""Windows among which the commonest is looked for."""
CHORD = (ChordAt(0.0, Chord(0)),)
BY_GENRE = {"jazz": "swing", "latin": "latin", "afrocuban": "latin", "funk": "funk", "soul": "funk", "hiphop": "funk"}
"""Genre -> style of the band by rule; of the others rock."""


def nearest(train: Deck, tap: Row, genre: NDArray[np.int64]) -> Hits:
    """For each tap [N, 32] the groove of training whose plain tap is nearest, of its genre where there is one."""
    known = plain(train.kit).onset
    index = []
    for row, wanted in zip(tap, genre, strict=True):
        far = np.abs(known - row).sum(1) + 1.5 * (train.genre != wanted)
        index.append(int(far.argmin()))
    return Hits(*(part[index] for part in train.kit))


def always(train: Deck, count: int, seed: int = 4) -> Hits:
    """The groove of training from which others differ least, `count` times."""
    random = np.random.default_rng(seed)
    index = random.choice(len(train.weight), LOOKED, p=train.weight)
    some = train.kit.onset[index]
    far = [apart(np.broadcast_to(one, some.shape), some).mean() for one in some]
    best = int(index[int(np.argmin(far))])
    return Hits(*(np.repeat(part[best : best + 1], count, 0) for part in train.kit))


def by_rule(genre: NDArray[np.int64], density: Row) -> Hits:
    """The band by rule's drums for each genre and density [N] (onsets a beat), two bars of 4/4."""
    found = []
    for number, (place, dense) in enumerate(zip(genre, density, strict=True)):
        name = BY_GENRE.get(GENRES[place - 1], "rock") if place > 0 else "rock"
        hints = Hints(name, min(max(float(dense) / 4, 0.0), 1.0))
        notes: list[Note] = []
        for bar in range(2):
            played, _ = arrange(Bar(bar, Meter(), Key(0), CHORD), hints, seed=number, voices=(Voice.DRUMS,))
            moved = bar * BAR / PER_BEAT
            notes += [Note(note.voice, note.beat + moved, note.duration, note.pitch, note.velocity) for note in played]
        found.append(kit_of(cells(notes, Window(0.0))))
    return Hits(*(np.stack([getattr(each, name) for each in found]) for name in TAP))
