"""Asking the pack for windows, as the band does, and reading what it plays."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from bridge.engine.cvae import Cvae
from bridge.engine.cvae_phrase import read
from bridge.engine.cvae_rolls import Rolls, notes_of
from bridge.engine.family import Ask, Material
from bridge.engine.window import Window, window_at
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from export.cvae.examples import Examples
from export.cvae.pack import VOICES

BAND = tuple(VOICES)
HOME = Key(0)
PLAIN = {"creativity": 0.0, "temperature": 0.0}
"""Knobs with which a phrase comes back as it went in, as well as the model can."""


class Played(msgspec.Struct, frozen=True):
    """A window that the pack made."""

    rolls: Rolls
    steps: int
    bar: int


class Phrase(msgspec.Struct, frozen=True):
    """A held-out window as something that was played."""

    notes: list[Note]
    window: Window
    meter: Meter
    voices: tuple[Voice, ...]
    key: Key
    rolls: Rolls
    style: int
    """Place in STYLES, -1 for none."""


class Stage:
    """A pack that plays on an empty stage: nothing was heard before."""

    def __init__(self, family: Cvae) -> None:
        self.family = family

    def free(self, seed: int, knobs: Mapping[str, float] | None = None, key: Key | None = HOME) -> Played:
        """Two bars of 4/4 from the prior."""
        return self._ask(Meter(), seed, knobs or {}, BAND, None, key)

    def anew(self, like: Phrase, seed: int, knobs: Mapping[str, float]) -> Played:
        """Bars from the prior, in the meter and the mode of a phrase and for its voices."""
        return self._ask(like.meter, seed, knobs, like.voices, None, like.key)

    def again(
        self, phrase: Phrase, seed: int, knobs: Mapping[str, float], other: Phrase | None = None, blend: float = 0.0
    ) -> Played:
        """A phrase, read and made again."""
        material = Material(
            phrase=tuple(phrase.notes), beats=phrase.window.beats, origin=0.0,
            other=() if other is None else tuple(other.notes), blend=blend,
        )  # fmt: skip
        return self._ask(phrase.meter, seed, knobs, phrase.voices, material, phrase.key)

    def _ask(
        self, meter: Meter, seed: int, knobs: Mapping[str, float], voices: Sequence[Voice], material: Material | None,
        key: Key | None,
    ) -> Played:  # fmt: skip
        self.family.rewind(0.0)
        window = window_at(0.0, meter, 0.0)
        ask = Ask(
            id=seed, span=Span(0.0, window.beats), voices=tuple(voices), meter=meter, seed=seed, knobs=knobs,
            material=material, key=() if key is None else key.pitch_classes,
        )  # fmt: skip
        return Played(read(self.family.respond(ask), window, 0), window.steps, window.bar)


def phrases(data: Examples, count: int, seed: int) -> list[Phrase]:
    """Held-out windows drawn by their chances."""
    random = np.random.default_rng(seed)
    index = random.choice(len(data.lead), min(count, len(data.lead)), replace=False, p=data.chance)
    return [phrase(data, int(n)) for n in index]


def phrase(data: Examples, index: int) -> Phrase:
    """One window of the data."""
    rolls, bar, steps = data.rolls(index), data.bar(index), int(data.steps[index])
    window = Window(0.0, steps, bar)
    notes = notes_of(rolls, window, BAND)
    minor = data.wish[index, 3] > 0
    return Phrase(
        notes, window, Meter(bar, 16), tuple(voice for voice in BAND if any(note.voice is voice for note in notes)),
        Key(0, "minor" if minor else "major"), rolls, int(data.style[index]),
    )  # fmt: skip
