"""The `cvae` family: two bars of the band at once, from a latent vector and from what is told and known of them."""

import math
from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.barwise import Barwise
from bridge.engine.cvae_controls import BEAT_SIZE, Wish, beat_rows, wish_row
from bridge.engine.cvae_controls import SIZE as WISHES
from bridge.engine.cvae_draw import GIVEN, Shape, draw, merged, noise
from bridge.engine.cvae_phrase import classes, inside, known_cells, laid, read, rhythm, voices_of
from bridge.engine.cvae_rolls import BEATS, COLUMNS, FARTHEST, VOICES, Rolls, columns, notes_of
from bridge.engine.cvae_wishes import Measured, measured, wish
from bridge.engine.family import Ask, Material
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.shapes import expect
from bridge.engine.window import STEPS, Window
from bridge.errors import EngineError, PackError
from bridge.music.chord import Chord
from bridge.music.key import find_key
from bridge.music.note import Note, Span, Voice

Floats = NDArray[np.float32]

HEAT = 0.35
"""Share of the temperature that steps are drawn with: z already holds most of what is free."""
FEWEST = 3
"""Notes that a window must have to be one that the next can follow."""
BACK = 3
"""Windows that are looked back over for the last that was played in."""
LISTENED = 32.0
"""Beats whose notes tell the key where none is told."""
WHITE = (0, 2, 4, 5, 7, 9, 11)
AFIELD = 0.35
"""Share of the creativity with which a phrase is left."""
TURNED = frozenset(("arousal", "brightness", "style", "style_b", "style_blend", "density", "register", "section"))
"""Knobs that are at rest in what a phrase is before it is moved."""


class Cvae(Barwise):
    """A loaded pack of the conditional VAE. Plays any voices of the band, and sees what the others play."""

    ahead = FARTHEST

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graphs. Raises PackError."""
        super().__init__(pack)
        self._encode, self._prior, self._decode = (open_graph(name) for name in ("encode", "prior", "decode"))
        self._latent = _sizes(pack, {"encode": self._encode, "prior": self._prior, "decode": self._decode})

    def basis(self, window: Window, ask: Ask) -> Hashable:
        """The player's notes of the last windows, up to the last whole beat; knobs, harmony and what is made of."""
        until = math.floor(_now(ask) + ask.song + 1e-6) - ask.song
        span = Span(window.start - BACK * window.beats, min(until, window.span.end))
        player = tuple((note.pitch, round(note.beat * 4)) for note in self.memory.player(span, span.end))
        beside = tuple(inside(ask.beside, window.span, set(VOICES) - set(ask.voices)))
        knobs = tuple(self.knob(ask, knob.name) for knob in self.card.knobs)
        return player, beside, knobs, ask.key, ask.chords, ask.material

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The bars of a window for these voices. Raises EngineError."""
        semitones, scale = self._key(ask)
        beats = beat_rows(window, _chords(ask, window, semitones))[None]
        random = noise(ask.seed, window.number)
        length = math.sqrt(self._latent)
        way = random.standard_normal(self._latent).astype(np.float32)
        way *= self.knob(ask, "creativity") * length / max(float(np.linalg.norm(way)), 1e-6)
        scene = _Scene(window, ask, voices, semitones, scale, beats, way)
        material = ask.material
        if material is not None and material.phrase:
            made = self._remade(scene, material, random)
        else:
            made = self._followed(scene, random)
        return notes_of(made, window, voices, -semitones)

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        window = Window(0.0)
        row = wish_row(Wish(playing=VOICES), window.bar)[None]
        beats = beat_rows(window)[None]
        empty = np.zeros((1, STEPS, COLUMNS), np.float32)
        for _ in range(3):
            z = self._read(empty, row, beats)
            nothing = np.zeros((1, BEATS, len(VOICES)), np.float32)
            self._make(empty, nothing, row, beats, _behind(z), self._way(empty, nothing, row, beats, _behind(z), z))

    def _followed(self, scene: "_Scene", random: np.random.Generator) -> Rolls:
        """A window that follows what was heard, and fits what is known of it already."""
        ask, window = scene.ask, scene.window
        before, heard = self._before(scene)
        notes, known = self._known(scene)
        others = [voice for voice in VOICES if voice not in scene.voices and voice in known]
        row = self._wish(scene, heard, {*scene.voices, *others}, before is not None)
        rolls = read(notes, window, scene.semitones)
        behind = np.zeros((1, self._latent + 1), np.float32) if before is None else _behind(before)
        cells = known_cells(window, known)[None]
        given = self._make(_shown(rolls), cells, row, scene.beats, behind, scene.way[None])
        return draw(given, Shape(self._heat(ask), window.steps), random)

    def _remade(self, scene: "_Scene", material: Material, random: np.random.Generator) -> Rolls:
        """A window that is made of a phrase: of its latent vector, or of what of it is to be kept."""
        ask, window = scene.ask, scene.window
        phrase = laid(material.phrase, material, window)
        one = self._whole(scene, phrase, random)
        z, heard = self._read(_shown(one), scene.plain, scene.beats), measured(one, window.steps)
        if material.other and material.blend > 0:
            other = self._whole(scene, laid(material.other, material, window), random)
            z = slerp(z, self._read(_shown(other), scene.plain, scene.beats), material.blend)
            heard = _between(heard, measured(other, window.steps), material.blend)
        playing = {*scene.voices, *voices_of(phrase)}
        row = self._wish(scene, heard, playing, False)
        nothing = np.zeros((1, BEATS, len(VOICES)), np.float32)
        alone = np.zeros((1, self._latent + 1), np.float32)
        if not material.keep:
            as_it_is = self._wish(scene, heard, playing, False, turned=False)
            way = self._way(_shown(one), nothing, as_it_is, scene.beats, alone, z) + AFIELD * scene.way[None]
            given = self._make(_shown(one), nothing, row, scene.beats, alone, way)
            return draw(given, Shape(self._heat(ask) * 0.5, window.steps), random)
        kept = "structure" in material.keep
        known = dict.fromkeys(voices_of(phrase) & {Voice.CHORDS}, window.span.end) if "harmony" in material.keep else {}
        cells = known_cells(window, known)[None]
        given = self._make(_shown(one), cells, row, scene.beats, _behind(z) if kept else alone, scene.way[None])
        lean = bool({"pitch", "harmony"} & set(material.keep))
        shape = Shape(
            self._heat(ask),
            window.steps,
            rhythm(read(phrase, window, scene.semitones)) if "rhythm" in material.keep else None,
            classes(phrase, scene.semitones) if lean else None,
        )
        return draw(given, shape, random)

    def _whole(self, scene: "_Scene", phrase: Sequence[Note], random: np.random.Generator) -> Rolls:
        """The rolls of a phrase; voices that are asked for and not in it are made to fit."""
        rolls = read(phrase, scene.window, scene.semitones)
        missing = [voice for voice in scene.voices if voice not in voices_of(phrase)]
        if not missing:
            return rolls
        known = known_cells(scene.window, dict.fromkeys(voices_of(phrase), scene.window.span.end))
        row = self._wish(scene, measured(rolls, scene.window.steps), {*scene.voices, *voices_of(phrase)}, False)
        alone = np.zeros((1, self._latent + 1), np.float32)
        given = self._make(_shown(rolls), known[None], row, scene.beats, alone, scene.way[None])
        return merged(rolls, draw(given, Shape(0.0, scene.window.steps), random), missing)

    def _before(self, scene: "_Scene") -> tuple[Floats | None, Measured]:
        """z of the last window that was played in, if it is near, and what it was like."""
        window = scene.window
        for _ in range(BACK):
            window = window.before()
            notes = self._heard(window.span, scene.ask, VOICES)
            if len(notes) >= FEWEST:
                rolls = read(notes, window, scene.semitones)
                player = read(self.memory.player(window.span), window, scene.semitones)
                heard = measured(player, window.steps)
                return self._read(_shown(rolls), scene.plain, scene.beats), heard
        return None, Measured()

    def _known(self, scene: "_Scene") -> tuple[list[Note], dict[Voice, float]]:
        """The notes of the window that are known, and the stage beat up to which those of each voice are."""
        ask, span = scene.ask, scene.window.span
        notes = [note for note in self._heard(span, ask, VOICES) if note.beat < ask.span.start]
        known = {voice: ask.span.start for voice in voices_of(notes)}
        others = [voice for voice in VOICES if voice not in scene.voices]
        now = min(_now(ask), ask.span.start)
        if Voice.LEAD in others and any(note.voice is Voice.LEAD for note in notes):
            known[Voice.LEAD] = now
        beside = [note for note in inside(ask.beside, span, others) if note.beat >= ask.span.start]
        for voice in voices_of(beside):
            known[voice] = min(span.end, ask.span.end)
        return [*notes, *beside], known

    def _heard(self, span: Span, ask: Ask, voices: Sequence[Voice]) -> list[Note]:
        """What was played and is surely played in a span."""
        band = self.memory.band(span, voices)
        there = {(note.voice, round(note.beat * 96), note.pitch) for note in band}
        coming = [
            note for note in inside(ask.committed, span, voices)
            if (note.voice, round(note.beat * 96), note.pitch) not in there
        ]  # fmt: skip
        return [*self.memory.player(span, min(_now(ask), span.end)), *band, *coming]

    def _wish(
        self, scene: "_Scene", heard: Measured, playing: set[Voice], follows: bool, turned: bool = True
    ) -> Floats:
        """The row of what is wished for; not `turned`, of what is there: as with the knobs of style and mood at rest."""

        def knob(name: str) -> float:
            return self.knob(scene.ask, name) if turned or name not in TURNED else 0.0

        brightness = self.knob(scene.ask, "brightness") != 0
        told = wish(knob, heard, scene.scale, playing, scene.voices, scene.semitones, follows)
        told = msgspec.structs.replace(told, brightness=knob("brightness") if brightness else math.nan)
        return wish_row(told, scene.window.bar)[None]

    def _heat(self, ask: Ask) -> float:
        return HEAT * max(self.knob(ask, "temperature"), 0.0)

    def _key(self, ask: Ask) -> tuple[int, tuple[int, ...]]:
        """Semitones that move the music to C, and the scale there; estimated, and not told, where no key is known."""
        if ask.key:
            move = -ask.key[0] if ask.key[0] % 12 <= 6 else 12 - ask.key[0] % 12
            return move, tuple((pitch + move) % 12 for pitch in ask.key)
        weights = [0.0] * 12
        last = self.memory.last_pressed
        if last is None:
            return 0, WHITE
        for note in self.memory.player(Span(last - LISTENED, last + 1.0)):
            weights[note.pitch % 12] += note.duration
        tonic = find_key(weights).tonic
        return (-tonic if tonic <= 6 else 12 - tonic), ()

    def _read(self, x: Floats, row: Floats, beats: Floats) -> Floats:
        mean, _ = self._encode.run(("mean", "deviation"), {"x": x, "wish": row, "beats": beats})
        return _finite(mean)

    def _way(self, x: Floats, known: Floats, row: Floats, beats: Floats, before: Floats, z: Floats) -> Floats:
        """Which way [1, Z] a z that was read lies from the prior's centre, under what is known and told."""
        feeds = {"x": x, "known": known, "wish": row, "beats": beats, "before": before, "noise": z * 0, "read": z}
        (way,) = self._prior.run(("way",), feeds)
        return _finite(way)

    def _make(self, x: Floats, known: Floats, row: Floats, beats: Floats, before: Floats, way: Floats) -> Floats:
        """What the decoder gives [32, 237] for the z that lies `way` from the prior's centre."""
        feeds = {"x": x, "known": known, "wish": row, "beats": beats, "before": before, "noise": way, "read": way * 0}
        z, context = self._prior.run(("z", "context"), feeds)
        feeds = {"context": _finite(context), "z": _finite(z), "wish": row, "beats": beats}
        (given,) = self._decode.run(("given",), feeds)
        found: Floats = given[0]
        return found


class _Scene(msgspec.Struct, frozen=True):
    """A window to be made, and what holds for every way to make it."""

    window: Window
    ask: Ask
    voices: tuple[Voice, ...]
    semitones: int
    scale: tuple[int, ...]
    beats: Any
    way: Any
    """[Z] the way from the prior's centre, in deviations."""

    @property
    def plain(self) -> Floats:
        """A row that says the meter alone."""
        return wish_row(Wish(), self.window.bar)[None]


def slerp(one: Floats, other: Floats, share: float) -> Floats:
    """A latent vector so far (0 to 1) from one to another, along the arc between them."""
    a, b = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    cosine = float((one * other).sum()) / (a * b) if a * b > 0 else 1.0
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    if angle < 1e-3:
        return ((1 - share) * one + share * other).astype(np.float32)
    here, there = math.sin((1 - share) * angle), math.sin(share * angle)
    return ((here * one + there * other) / math.sin(angle)).astype(np.float32)


def _between(one: Measured, other: Measured, share: float) -> Measured:
    """Measures so far from one to another."""

    def mixed(a: float, b: float) -> float:
        return b if math.isnan(a) else a if math.isnan(b) else a + (b - a) * share

    register = {voice: mixed(one.register[voice], other.register.get(voice, math.nan)) for voice in one.register}
    return Measured(mixed(one.arousal, other.arousal), {}, register)


def _chords(ask: Ask, window: Window, semitones: int) -> Callable[[int], Chord | None] | None:
    """The chord at a step of a window, in C; None where no chords are told."""
    if not ask.chords:
        return None
    starts = [at.beat for at in ask.chords]

    def chord_at(step: int) -> Chord | None:
        here = max(bisect_right(starts, window.start + step / 4 + 1e-6) - 1, 0)
        chord = ask.chords[here].chord
        return None if chord is None else chord.moved(semitones)

    return chord_at


def _now(ask: Ask) -> float:
    return ask.span.start if ask.now is None else ask.now


def _shown(rolls: Rolls) -> Floats:
    return columns(rolls.lead, rolls.bass, rolls.chords, rolls.drums)[None]


def _behind(z: Floats) -> Floats:
    """z of a window that went before, as the graph takes it."""
    return np.concatenate([z, np.ones((1, 1), np.float32)], axis=1)


def _finite(array: NDArray[Any]) -> Floats:
    if not np.isfinite(array).all():
        raise EngineError("the model's output is not finite; get the pack again or choose another")
    return array


def _sizes(pack: Pack, graphs: dict[str, Session]) -> int:
    """Numbers of z. Raises PackError where card, graphs and this codec do not agree."""
    card = pack.card
    latent, width = card.model.get("latent", 0), card.model.get("width", 0)
    if card.codec.get("columns") != COLUMNS or card.codec.get("wishes") != WISHES or card.codec.get("given") != GIVEN:
        raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
    if not latent or any(voice not in VOICES for voice in card.voices):
        raise PackError(f"{card.name}: a cvae pack plays lead, chords, bass and drums, and has a latent size")
    x, wishes, beats = (None, STEPS, COLUMNS), (None, WISHES), (None, BEATS, BEAT_SIZE)
    numbers = {
        "x": x, "wish": wishes, "beats": beats, "known": (None, BEATS, len(VOICES)), "before": (None, latent + 1),
        "noise": (None, latent), "read": (None, latent), "way": (None, latent), "z": (None, latent), "context": (None, BEATS, width), "mean": (None, latent),
        "deviation": (None, latent), "given": (None, STEPS, GIVEN),
    }  # fmt: skip
    shapes = {
        "encode": (("x", "wish", "beats"), ("mean", "deviation")),
        "prior": (("x", "known", "wish", "beats", "before", "noise", "read"), ("z", "context", "way")),
        "decode": (("context", "z", "wish", "beats"), ("given",)),
    }
    for name, (takes, gives) in shapes.items():
        inputs = {each: (numbers[each], np.float32) for each in takes}
        outputs = {each: (numbers[each], np.float32) for each in gives}
        expect(card.name, name, graphs[name], inputs, outputs)
    return latent
