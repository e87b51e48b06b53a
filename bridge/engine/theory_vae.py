"""The `theory-vae` family: phrases taken apart into pitch, rhythm, harmony and structure, and put together anew."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from bridge.engine.barwise import Barwise
from bridge.engine.family import Ask, Material
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.theory_edit import edited, spliced
from bridge.engine.theory_idea import (
    ATTRIBUTES,
    Belief,
    Floats,
    Idea,
    Ints,
    Units,
    anew,
    between,
    changed_over,
    middle,
    moved,
    nearby,
    repeated,
    sung,
    told,
    unheard,
)
from bridge.engine.theory_layout import HALVES, LEAD, ONSET, VOICES, Page, Shape, read, symbol_of, write
from bridge.engine.theory_likeness import formed
from bridge.engine.theory_model import FREE, Model
from bridge.engine.theory_passing import passed
from bridge.engine.theory_source import EARLY, Source, brought, chord_track, heard, key_of, lately
from bridge.engine.theory_voicing import on_chords, on_roots
from bridge.engine.window import Window
from bridge.errors import PackError
from bridge.music.note import Note, Voice

REPETITION = "repetition"
KNOBS = (*ATTRIBUTES, REPETITION)
"""Knobs of a pack, in deviations of music."""
WIDER = KNOBS.index("range")
CHANGES = (0.15, 0.5, 0.9)
"""How far an answer goes from what was heard where it repeats, varies and contrasts."""
UNITS = ("height_unit", "range_unit", "range_middle")
"""What a card's codec says of the units of height and range, in semitones."""
KEPT = 8
"""Phrases of which it is kept what was made of them."""
FEWEST = 2
"""Onsets of the lead without which the other half of the phrase is taken."""
UNDER_NEW_CHORDS = 0.3
"""How daring the degrees are that are drawn where a chord turns out to be another."""
MASK = (1 << 63) - 1


class Tonality(NamedTuple):
    """Semitones to the white keys, and 1 for major, 2 for minor, 0 for not known."""

    shift: int
    mode: int


class Understood(NamedTuple):
    """A phrase, the likeliest idea behind it, and what the model gives back of it."""

    page: Page
    idea: Idea
    again: Page


class TheoryVae(Barwise):
    """A loaded pack. Plays lead, chords and bass."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graphs. Raises PackError."""
        super().__init__(pack)
        if not set(pack.card.voices) <= set(VOICES):
            raise PackError(f"{pack.card.name}: a theory-vae pack plays lead, chords and bass, and no other voice")
        self._model = Model(pack, open_graph)
        self._phrases: OrderedDict[Hashable, Understood] = OrderedDict()
        self._units = Units(*(_numbers(pack, name, 1)[0] for name in UNITS))
        self._bounds = (
            np.array(_numbers(pack, "lowest", len(ATTRIBUTES)), np.float32),
            np.array(_numbers(pack, "highest", len(ATTRIBUTES)), np.float32),
        )
        if not min(self._units) > 0:
            raise PackError(f"{pack.card.name}: its card has a unit that is not above 0; get the pack again")

    def basis(self, window: Window, ask: Ask) -> Hashable:
        """What was heard or brought for the window, its key, its chords, and where the knobs stand."""
        knobs = tuple(self.knob(ask, name) for name in KNOBS)
        chords = tuple(at for at in ask.chords if at.beat < window.span.end)
        material = ask.material
        own: tuple[Hashable, ...] = ()
        if not _alone(material):
            own = tuple(heard(self.memory, window, ask).parts.items()), lately(self.memory, window, ask)
        return own, material, ask.key, chords, knobs, self._heat(ask)

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The bars of a window. Raises EngineError where the graphs' numbers cannot be used."""
        material = ask.material
        if material is not None and _alone(material):
            page, half, tonality = self._from_phrases(material, window, ask)
        else:
            page, half, tonality = self._from_memory(window, ask, voices)
        if Voice.LEAD in voices and not _alone(material):
            counts = [_onsets(page, each) for each in range(2)]
            half = half if counts[half] >= FEWEST else int(np.argmax(counts))
        shape = Shape(window if half == 0 else window.before())
        return [note for note in write(page, shape, half, tonality.shift) if note.voice in voices]

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        page = read({}, Shape(Window(0.0)))
        for _ in range(3):
            self._model.decode(middle(self._model.encode(page)), page.bar)

    def _from_memory(self, window: Window, ask: Ask, voices: Sequence[Voice]) -> tuple[Page, int, Tonality]:
        """An answer near what was heard in the two windows before; of the material, what is to be kept."""
        source = heard(self.memory, window, ask)
        tonality = Tonality(*key_of(ask, source.parts))
        chance = _chance(ask.seed, window.number)
        page = read(source.parts, source.shape, tonality.shift, tonality.mode)
        voiced: Ints | None = None  # the chords that the voicing is one of
        if source.empty:
            idea = self._unheard(tonality, chance)
        else:
            belief = self._model.encode(page)
            voiced = belief.mean.chord.argmax(-1)
            idea = nearby(belief, self._model.prior, self._change(belief, ask, window), tonality.mode, chance, page.bar)
        states = None
        if ask.material is not None:
            theirs = self._understood(brought(ask.material, window, source.half), tonality)
            fresh, keep = self._anew(tonality, chance), _factors(ask.material)
            idea = formed(idea, theirs.idea, keep, self._model.prior, fresh, partial(self._model.decode, bar=page.bar))
            if "rhythm" in ask.material.keep:
                states = _followed(theirs.page, voices)
            voiced = theirs.idea.chord.argmax(-1) if "harmony" in keep else voiced
        thought = idea.chord.argmax(-1)
        idea, found = self._harmonised(idea, source, lately(self.memory, window, ask), tonality)
        idea, fixed = self._chords(idea, window, source.half, ask, tonality)
        fixed = np.maximum(fixed, found)
        kept = ask.material is not None and "pitch" in ask.material.keep
        idea = self._settled(idea, thought, tonality, page.bar, chance, melody=not kept)
        idea = self._turned(idea, ask, tonality, chance, page.bar, fixed)
        made = self._model.decode(idea, page.bar, states, page.velocity)
        other = np.ones(HALVES, np.bool_) if voiced is None else made.symbols != voiced
        made = on_chords(made, other | (fixed > 0))
        return on_roots(made, fixed > 0), source.half, tonality

    def _from_phrases(self, material: Material, window: Window, ask: Ask) -> tuple[Page, int, Tonality]:
        """The phrase that was brought, moved by the knobs, or on its way to another."""
        source = brought(material, window)
        tonality = Tonality(*key_of(ask, source.parts))
        sources = [source]
        if material.other:
            sources.append(brought(material, window, source.half, other=True))
        known = [self._understood(each, tonality) for each in sources]
        bar, idea = known[0].page.bar, known[0].idea
        if len(known) > 1:
            idea = between(idea, known[1].idea, material.blend)
        chance = _chance(ask.seed, window.number - source.half)
        thought = idea.chord.argmax(-1)
        idea, fixed = self._chords(idea, window, source.half, ask, tonality)
        idea = self._settled(idea, thought, tonality, bar, chance, melody=False)
        idea = self._turned(idea, ask, tonality, chance, bar, fixed)
        now = on_roots(on_chords(self._model.decode(idea, bar), fixed > 0), fixed > 0)
        found = [passed(edited(each.page, each.again, now), each.page) for each in known]
        if len(found) == 1:
            return found[0], source.half, tonality
        return spliced(found[0], found[1], changed_over(material.blend)), source.half, tonality

    def _understood(self, source: Source, tonality: Tonality) -> Understood:
        """What is made of a phrase; the last few are kept, as knobs are turned more often than phrases change."""
        key = source.shape, tuple(source.parts.items()), tonality
        found = self._phrases.pop(key, None)
        if found is None:
            page = read(source.parts, source.shape, tonality.shift, tonality.mode)
            idea = middle(self._model.encode(page))
            found = Understood(page, idea, self._model.decode(idea, page.bar))
        self._phrases[key] = found
        if len(self._phrases) > KEPT:
            self._phrases.popitem(last=False)
        return found

    def _harmonised(
        self, idea: Idea, source: Source, played: Sequence[Note], tonality: Tonality
    ) -> tuple[Idea, Floats]:
        """The idea with the chords that the player's notes in the window speak for, and [8] where they do."""
        fixed = np.zeros(HALVES, np.float32)
        if not played or source.half != 0:
            return idea, fixed
        before, second = source.shape.windows()
        tune = [n for n in source.parts[Voice.LEAD] if n.beat >= second.start - EARLY]
        page = read({Voice.LEAD: (*tune, *played)}, Shape(second), tonality.shift, tonality.mode)
        heard_of = self._model.encode(page).mean.chord
        half = before.beats / (HALVES // 2)
        chord = idea.chord.copy()
        for note in played:
            place = int((note.beat + EARLY - second.span.end) / half)
            if 0 <= place < HALVES // 2 and not fixed[place]:
                odds = np.log(np.maximum(heard_of[HALVES // 2 + place], 1e-6)) + chord[place]
                chord[place] = np.eye(len(odds), dtype=np.float32)[int(odds.argmax())]
                fixed[place] = 1.0
        return idea._replace(chord=chord), fixed

    def _chords(self, idea: Idea, window: Window, half: int, ask: Ask, tonality: Tonality) -> tuple[Idea, Floats]:
        """The idea with the chords that are told for the phrase of which the window is one half."""
        chord_at = chord_track(ask.chords)
        start, length = window.start - half * window.beats, 2 * window.beats / HALVES
        symbols = [symbol_of(chord_at(start + (n + 0.25) * length), tonality.shift) for n in range(HALVES)]
        return told(idea, np.array(symbols, np.int64))

    def _settled(
        self, idea: Idea, thought: Ints, tonality: Tonality, bar: int, chance: np.random.Generator, melody: bool
    ) -> Idea:
        """The idea with the bass, and perhaps the melody, drawn anew where the chords are not those that were
        `thought` [8]."""
        anew = idea.chord.argmax(-1) != thought
        if not anew.any():
            return idea
        found = sung(idea, self._model.prior, UNDER_NEW_CHORDS, tonality.mode, chance, bar, anew.tolist())
        return found if melody else found._replace(degree=idea.degree)

    def _unheard(self, tonality: Tonality, chance: np.random.Generator) -> Idea:
        return unheard(self._model.prior, self._model.sizes, tonality.mode, chance)

    def _anew(self, tonality: Tonality, chance: np.random.Generator, chord: Floats | None = None) -> Idea:
        """An idea without form, over the chords [8, 85] that are told; rows of zeros are not."""
        found = anew(self._model.prior, self._model.sizes, tonality.mode, chance)
        if chord is None or not chord.any():
            return found
        over = found._replace(chord=np.where(chord.any(-1, keepdims=True), chord, found.chord))
        return sung(over, self._model.prior, 1.0, tonality.mode, chance)

    def _turned(
        self, idea: Idea, ask: Ask, tonality: Tonality, chance: np.random.Generator, bar: int, fixed: Floats
    ) -> Idea:
        """The idea as the knobs turn it; what they ask of contrast is new, over the chords that are `fixed` [8]."""
        turns = [self.knob(ask, name) for name in KNOBS]
        line = None if turns[WIDER] == 0 else _line(self._model.decode(idea, bar))
        found = moved(idea, turns[:-1], self._units, self._bounds, line)
        if turns[-1] == 0:
            return found
        fresh = self._anew(tonality, chance, found.chord * fixed[:, None]) if turns[-1] < 0 else found
        return repeated(found, turns[-1], self._model.prior, fresh, fixed)

    def _change(self, belief: Belief, ask: Ask, window: Window) -> float:
        """How far to go: music that repeats much is rather repeated, other music varied or contrasted."""
        repeats = 1 / (1 + math.exp(-1.5 * float(belief.mean.structure[0])))
        roll = _chance(ask.seed, window.number // 2, 1).random()
        kind = 0 if roll < 0.2 + 0.4 * repeats else 1 if roll < 0.75 + 0.2 * repeats else 2
        return CHANGES[kind] * self._heat(ask)

    def _heat(self, ask: Ask) -> float:
        value = self.knob(ask, "temperature") if "temperature" in self._defaults else 1.0
        return min(max(value, 0.05), 1.6)


def _alone(material: Material | None) -> bool:
    """Whether an answer follows from the material and nothing else."""
    return material is not None and not material.keep


def _factors(material: Material) -> tuple[str, ...]:
    """What is taken of a phrase's latents: with its pitches goes the harmony that they speak for, and their form."""
    return (*material.keep, "harmony", "structure") if "pitch" in material.keep else material.keep


def _followed(page: Page, voices: Sequence[Voice]) -> Ints | None:
    """[3, 64] states where the asked voices have the rhythm of a phrase's first voice."""
    if not page.known.any():
        return None
    rhythm = page.states[int(page.known.argmax())]
    return np.stack([rhythm if voice in voices else np.full_like(rhythm, FREE) for voice in VOICES])


def _line(page: Page) -> Floats:
    """[64] semitones by which the lead is above its middle."""
    onset = page.states[LEAD] == ONSET
    middle = page.lead[onset].mean() if onset.any() else page.lead.mean()
    found: Floats = (page.lead - middle).astype(np.float32)
    return found


def _onsets(page: Page, half: int) -> int:
    places = page.states.shape[1] // 2
    return int((page.states[LEAD, half * places : (half + 1) * places] == ONSET).sum())


def _chance(seed: int, number: int, what: int = 0) -> np.random.Generator:
    return np.random.default_rng((seed & MASK, number & MASK, what))


def _numbers(pack: Pack, name: str, count: int) -> list[float]:
    """So many numbers of the card's codec. Raises PackError where they are not."""
    found = pack.card.codec.get(name)
    given = found if isinstance(found, list) else [found]
    numbers = [float(each) for each in given if isinstance(each, int | float) and math.isfinite(each)]
    if len(given) != count or len(numbers) != count:
        raise PackError(f"{pack.card.name}: its card's «{name}» is not {count} numbers; get the pack again")
    return numbers
