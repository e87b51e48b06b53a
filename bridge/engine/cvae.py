"""The `cvae` family: two bars of the band at once, from a latent vector and from what is told and known of them."""

import math
from bisect import bisect_right
from collections.abc import Callable, Generator, Hashable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.barwise import Barwise, whole
from bridge.engine.critic import Describe, theory
from bridge.engine.cvae_controls import Wish, beat_rows, wish_row
from bridge.engine.cvae_draw import Shape, draw, merged, noise
from bridge.engine.cvae_graphs import Graphs, Told
from bridge.engine.cvae_phrase import inside, known_cells, laid, lean, read, rhythm, voices_of
from bridge.engine.cvae_place import place_of, to_c, tonic_of
from bridge.engine.cvae_rolls import BEATS, VOICES, Rolls, notes_of, rolls
from bridge.engine.cvae_wishes import AT_REST, Measured, between, measured, slerp, wish
from bridge.engine.family import Ask, Material
from bridge.engine.pack import Pack, pack_sha
from bridge.engine.session import Session
from bridge.engine.window import PER_BEAT, Window
from bridge.engine.window_choice import Chosen, best
from bridge.music.chord import Chord
from bridge.music.note import Note, Span, Voice

Floats = NDArray[np.float32]

HEAT = 0.35
"""Share of the temperature that steps are drawn with: z already holds most of what is free."""
AFIELD = 0.35
"""Share of the creativity with which a phrase is left."""
FEWEST = 3
"""Notes that a window must have to be one that the next can follow."""
BACK = 3
"""Windows that are looked back over for the last that was played in."""
THEME = 4
"""Windows that are made of one theme, more or less: the contrast says how much of each is its own."""
LISTENED = 32.0
"""Beats whose notes tell the key where none is told."""
OTHERS = 16
"""Of the noise that further candidates are drawn with, by their number."""
NOTHING = np.zeros((BEATS, len(VOICES)), np.float32)
"""No beat of any voice is known."""


class Scene(msgspec.Struct, frozen=True):
    """A window to be made, and what holds for every way to make it."""

    window: Window
    ask: Ask
    voices: tuple[Voice, ...]
    semitones: int
    """Up to C."""
    scale: tuple[int, ...]
    """In C; empty where it is not known."""
    beats: Floats
    way: Floats
    """[Z] the way from the prior's centre, in deviations."""
    random: np.random.Generator

    @property
    def plain(self) -> Floats:
        """A row that says the meter alone."""
        return wish_row(Wish(), self.window.bar)

    def rolls(self, notes: Sequence[Note]) -> Rolls:
        """Notes of the window, in C."""
        return read(notes, self.window, self.semitones)


class Cvae(Barwise):
    """A loaded pack of the conditional VAE. Plays any voices of the band, and sees what the others play."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graphs. Raises PackError."""
        super().__init__(pack)
        self._graphs = Graphs(pack, open_graph)
        self.chosen = Chosen()
        self._sha = pack_sha(pack.folder)

    @property
    def remembered(self) -> list[dict[Any, Any]]:
        """What an answer leaves behind: bars, and which candidate they are."""
        return [*super().remembered, self.chosen.numbers]

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        super().rewind(beat)
        self.chosen.clear()

    def basis(self, window: Window, ask: Ask) -> Hashable:
        """The player's notes of the last windows, up to the last whole beat; knobs, harmony and what is made of."""
        until = math.floor(_now(ask) + ask.song + 1e-6) - ask.song
        span = Span(window.start - BACK * window.beats, min(until, window.span.end))
        player = tuple((note.pitch, round(note.beat * PER_BEAT)) for note in self.memory.player(span, span.end))
        beside = tuple(inside(ask.beside, window.span, set(VOICES) - set(ask.voices)))
        knobs = tuple(self.knob(ask, knob.name) for knob in self.card.knobs)
        return player, beside, knobs, ask.key, ask.chords, ask.material

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The bars of a window for these voices. Raises EngineError."""
        return whole(self.making(window, ask, voices))

    def making(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Generator[None, None, Sequence[Note]]:
        """The same, with a pause after every candidate; of several the one that is liked best."""
        free = ask.material is None or not ask.material.phrase
        key = window, voices, ask.seed
        tried = self.chosen.tried(key, ask.candidates) if free else (0,)
        bars: list[Sequence[Note]] = []
        for number in tried:
            if bars:
                yield
            bars.append(self._draw(window, ask, voices, number))
        if len(bars) == 1:
            return bars[0]
        chosen = best(bars, window, ask, voices, self.memory, theory, self._describing(window, ask))
        self.chosen.keep(key, tried[chosen])
        return bars[chosen]

    def _describing(self, window: Window, ask: Ask) -> Describe | None:
        """Says where a window's notes lie; None where what is known of the player's taste is not in these latents."""
        if ask.taste is None or ask.taste.sha != self._sha:
            return None

        bar = window.bar / PER_BEAT
        return lambda notes: place_of(self._graphs, notes, window.span, bar, ask.key)

    def _draw(self, window: Window, ask: Ask, voices: tuple[Voice, ...], number: int) -> Sequence[Note]:
        """One candidate's bars."""
        semitones, scale = self._key(ask)
        random = noise(ask.seed, window.number, *([OTHERS + number] if number else []))
        theme = noise(ask.seed, window.number // THEME, 1).standard_normal(self._graphs.latent)
        turn = self.knob(ask, "contrast") * math.pi / 2
        way = (math.cos(turn) * theme + math.sin(turn) * random.standard_normal(len(theme))).astype(np.float32)
        way *= self.knob(ask, "creativity") * math.sqrt(len(way)) / max(float(np.linalg.norm(way)), 1e-6)
        beats = beat_rows(window, _chords(ask, window, semitones))
        scene = Scene(window, ask, voices, semitones, scale, beats, way, random)
        material = ask.material
        if material is None or not material.phrase:
            made = self._followed(scene)
        elif material.keep:
            made = self._kept(scene, material)
        else:
            made = self._moved(scene, material)
        return notes_of(made, window, voices, -semitones)

    def describe(
        self, notes: Sequence[Note], beats: float, bar: float = 4.0, key: Sequence[int] = ()
    ) -> Sequence[float]:
        """Where a phrase lies: the mean of z over its windows, in the few numbers in which music differs most.

        Empty for a pack that cannot say, or a phrase in which nothing is played. Raises EngineError.
        """
        return place_of(self._graphs, notes, Span(0.0, beats), bar, key)

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        window, silence = Window(0.0), rolls({})
        row, beats = wish_row(Wish(playing=VOICES), window.bar), beat_rows(window)
        for _ in range(3):
            z = self._graphs.read(silence, row, beats)
            told = Told(silence, NOTHING, row, beats, z)
            self._graphs.make(told, self._graphs.way(told, z))
            self._graphs.place(z)

    def _followed(self, scene: Scene) -> Rolls:
        """A window that follows what was heard, and fits what is known of it already."""
        before, heard = self._before(scene)
        notes, known = self._known(scene)
        others = [voice for voice in VOICES if voice not in scene.voices and voice in known]
        row = self._wish(scene, heard, {*scene.voices, *others}, before is not None, house=True)
        told = Told(scene.rolls(notes), known_cells(scene.window, known), row, scene.beats, before)
        return draw(self._graphs.make(told, scene.way), self._shape(scene), scene.random)

    def _moved(self, scene: Scene, material: Material) -> Rolls:
        """A phrase, or what lies between two, as the knobs want it.

        Its z lies some way from the centre of what is usual for music as it is; the answer lies the same way from the
        centre of what is usual for music as it is wished for. With the knobs at rest that is the phrase again.
        """
        phrase = laid(material.phrase, material, scene.window)
        one = self._whole(scene, phrase)
        z, heard = self._read(scene, one), measured(one, scene.window.steps)
        if material.other and material.blend > 0:
            other = self._whole(scene, laid(material.other, material, scene.window))
            z = slerp(z, self._read(scene, other), material.blend)
            heard = between(heard, measured(other, scene.window.steps), material.blend)
        playing = {*scene.voices, *voices_of(phrase)}
        as_it_is, wanted = (self._wish(scene, heard, playing, False, turned) for turned in (False, True))
        way = self._graphs.way(Told(one, NOTHING, as_it_is, scene.beats), z) + AFIELD * scene.way
        given = self._graphs.make(Told(one, NOTHING, wanted, scene.beats), way)
        return draw(given, self._shape(scene, AFIELD), scene.random)

    def _kept(self, scene: Scene, material: Material) -> Rolls:
        """A window of the band's own that keeps of a phrase what it is told to keep."""
        phrase = laid(material.phrase, material, scene.window)
        one = scene.rolls(phrase)
        row = self._wish(scene, measured(one, scene.window.steps), {*scene.voices, *voices_of(phrase)}, False)
        end = scene.window.span.end
        known = dict.fromkeys(voices_of(phrase) & {Voice.CHORDS}, end) if "harmony" in material.keep else {}
        before = self._read(scene, one) if "structure" in material.keep else None
        given = self._graphs.make(Told(one, known_cells(scene.window, known), row, scene.beats, before), scene.way)
        shape = msgspec.structs.replace(
            self._shape(scene),
            rhythm=rhythm(one) if "rhythm" in material.keep else None,
            lean=lean(phrase, scene.semitones) if {"pitch", "harmony"} & set(material.keep) else None,
        )
        return draw(given, shape, scene.random)

    def _whole(self, scene: Scene, phrase: Sequence[Note]) -> Rolls:
        """The rolls of a phrase; voices that are asked for and not in it are made to fit."""
        there = voices_of(phrase)
        one = scene.rolls(phrase)
        missing = [voice for voice in scene.voices if voice not in there]
        if not missing:
            return one
        known = known_cells(scene.window, dict.fromkeys(there, scene.window.span.end))
        row = self._wish(scene, measured(one, scene.window.steps), {*scene.voices, *there}, False, turned=False)
        given = self._graphs.make(Told(one, known, row, scene.beats), scene.way)
        return merged(one, draw(given, self._shape(scene, 0.0), scene.random), missing)

    def _before(self, scene: Scene) -> tuple[Floats | None, Measured]:
        """z of what the player did in the last window that they played in, if it is near, and its moods.

        z is told to a band whose lead answers the player; one that accompanies hears the player in the window itself.
        """
        window = scene.window
        for _ in range(BACK):
            window = window.before()
            player = self.memory.player(window.span, min(_now(scene.ask), window.span.end))
            if len(player) >= FEWEST:
                made = read(player, window, scene.semitones)
                z = self._read(scene, made) if Voice.LEAD in scene.voices else None
                return z, measured(made, window.steps)
        return None, Measured()

    def _known(self, scene: Scene) -> tuple[list[Note], dict[Voice, float]]:
        """The notes of the window that are known, and the stage beat up to which those of each voice are."""
        ask, span = scene.ask, scene.window.span
        notes = [note for note in self._heard(span, ask) if note.beat < ask.span.start]
        known = {voice: ask.span.start for voice in voices_of(notes)}
        others = [voice for voice in VOICES if voice not in scene.voices]
        if Voice.LEAD in others and Voice.LEAD in known:
            known[Voice.LEAD] = min(_now(ask), ask.span.start)
        beside = [note for note in inside(ask.beside, span, others) if note.beat >= ask.span.start]
        known |= dict.fromkeys(voices_of(beside), min(span.end, ask.span.end))
        return [*notes, *beside], known

    def _heard(self, span: Span, ask: Ask) -> list[Note]:
        """What was played and is surely played in a span."""
        band = self.memory.band(span)
        there = {(note.voice, round(note.beat * 96), note.pitch) for note in band}
        coming = inside(ask.committed, span, VOICES)
        new = [note for note in coming if (note.voice, round(note.beat * 96), note.pitch) not in there]
        return [*self.memory.player(span, min(_now(ask), span.end)), *band, *new]

    def _read(self, scene: Scene, made: Rolls) -> Floats:
        return self._graphs.read(made, scene.plain, scene.beats)

    def _wish(
        self,
        scene: Scene,
        heard: Measured,
        playing: set[Voice],
        follows: bool,
        turned: bool = True,
        house: bool = False,
    ) -> Floats:
        """The row of what is wished for; not `turned`: as with the knobs of style and mood at rest."""

        def knob(name: str) -> float:
            return self.knob(scene.ask, name) if turned or name not in AT_REST else 0.0

        told = wish(knob, heard, scene.scale, playing, scene.voices, scene.semitones, follows, house)
        return wish_row(told, scene.window.bar)

    def _shape(self, scene: Scene, share: float = 1.0) -> Shape:
        return Shape(share * HEAT * max(self.knob(scene.ask, "temperature"), 0.0), scene.window.steps)

    def _key(self, ask: Ask) -> tuple[int, tuple[int, ...]]:
        """Semitones that move the music to C, and the scale there; estimated, and not told, where no key is known."""
        if ask.key:
            up = to_c(ask.key[0] % 12)
            return up, tuple((pitch + up) % 12 for pitch in ask.key)
        last = self.memory.last_pressed
        if last is None:
            return 0, ()
        return to_c(tonic_of(self.memory.player(Span(last - LISTENED, last + 1.0)))), ()


def _chords(ask: Ask, window: Window, semitones: int) -> Callable[[int], Chord | None] | None:
    """The chord at a step of a window, in C; None where no chords are told."""
    if not ask.chords:
        return None
    starts = [at.beat for at in ask.chords]

    def chord_at(step: int) -> Chord | None:
        here = max(bisect_right(starts, window.start + step / PER_BEAT + 1e-6) - 1, 0)
        chord = ask.chords[here].chord
        return None if chord is None else chord.moved(semitones)

    return chord_at


def _now(ask: Ask) -> float:
    return ask.span.start if ask.now is None else ask.now
