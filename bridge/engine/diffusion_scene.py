"""What a window's bars follow from: the notes that are given, the cells that are to be made, and what is told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import floor

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_condition import AFTER, HERE, LENGTH, THERE, steps_told, tell_chord, tell_fills, whole_told
from bridge.engine.diffusion_roll import Roll
from bridge.engine.diffusion_table import COLUMNS, VOICES, Table, encode
from bridge.engine.family import Ask, Material
from bridge.engine.memory import Memory
from bridge.engine.window import PER_BEAT, STEPS, Window
from bridge.music.key import find_key
from bridge.music.note import Note, Span, Voice

HAIR = 1e-6
REACH = 8.0
"""Beats before the window before from which a note may still ring into it."""
KEY_BEATS = 32.0
"""Beats of the player that a key is found in, where none is told."""

Cells = NDArray[np.bool_]


class Tonality(msgspec.Struct, frozen=True):
    """Semitones up to C, and the scale above C; empty where nothing is known."""

    up: int = 0
    scale: tuple[int, ...] = ()

    @classmethod
    def of(cls, ask: Ask, memory: Memory) -> "Tonality":
        """The ask's key, else the one that the player's last bars speak for."""
        key: Sequence[int] = ask.key
        if not key:
            now = ask.span.start if ask.now is None else ask.now
            heard = memory.player(Span(now - KEY_BEATS, now), now)
            if not heard:
                return cls()
            weights = np.zeros(12)
            for note in heard:
                weights[note.pitch % 12] += note.duration
            key = find_key(weights.tolist()).pitch_classes
        tonic = key[0] % 12
        return cls((6 - tonic) % 12 - 6, tuple(sorted({(pitch - tonic) % 12 for pitch in key})))


class Scene(msgspec.Struct, frozen=True, eq=False):
    """One window as the denoiser is shown it; pitches are as if the tonic were C."""

    window: Window
    up: int
    table: Table
    """[LENGTH, COLUMNS] the given notes."""
    given: Cells
    """[LENGTH, 4] by voice, in the order of VOICES."""
    made: Cells
    steps: Roll
    whole: Roll
    phrase: Table | None = None
    """[STEPS, COLUMNS] the phrase that the bars are to be made from."""
    other: Table | None = None
    phrased: tuple[Voice, ...] = ()
    """The voices of the phrase that are to be made."""

    @property
    def mask(self) -> Roll:
        """[LENGTH, 8] what is given, then what is made, by voice."""
        return np.concatenate([self.given, self.made], -1).astype(np.float32)


def heard_until(window: Window, ask: Ask, voices: Collection[Voice]) -> float:
    """The stage beat up to which the player's notes count: the last beat that has begun, so that a plan is made anew
    once a beat at most; for the lead itself, which goes on from them, the last 16th."""
    now = ask.span.start if ask.now is None else min(ask.now, ask.span.start)
    grid = PER_BEAT if set(voices) == {Voice.LEAD} else 1
    return window.start + floor((now - window.start) * grid + HAIR) / grid


def scene(
    window: Window,
    ask: Ask,
    voices: Collection[Voice],
    memory: Memory,
    made_before: Iterable[Note],
    style: int,
    density: Mapping[Voice, float],
) -> Scene:
    """The scene of a window; `made_before` is what was made for the window before and is not heard yet."""
    tonality = Tonality.of(ask, memory)
    before, until = window.before(), heard_until(window, ask, voices)
    past = Span(before.start - REACH, window.span.end)
    player = memory.player(Span(past.start, max(until, past.start)), until)
    start = ask.span.start
    heard = [note for note in memory.band(past) if note.beat < start]
    own = {
        (note.voice, round(note.beat, 4), note.pitch): note for note in (*heard, *ask.committed) if note.beat < start
    }
    band = [note for note in own.values() if note.beat >= past.start]
    band += [note for note in made_before if note.beat >= start and note.voice in voices]
    others = [note for note in ask.beside if note.voice not in voices]
    after = [note for note in ask.after if note.beat >= ask.span.end - HAIR]
    notes = [*band, *player, *others, *after]
    table = np.zeros((LENGTH, COLUMNS), np.int16)
    behind = msgspec.structs.replace(window, start=window.span.end)
    for part, shape in ((slice(0, STEPS), before), (HERE, window), (slice(HERE.stop, LENGTH), behind)):
        table[part] = encode(notes, shape, tonality.up)[: part.stop - part.start]
    there = {note.voice for note in notes} | set(voices)
    given, made = _cells(window, ask, voices, notes, bool(player), until)
    steps = steps_told(window, ask.meter.pulse, None)
    _tell_chords(steps, window, ask, tonality.up)
    tell_fills(steps, window, ask.fills)
    whole = whole_told(window, there, tonality.scale, style, density)
    found = Scene(window, tonality.up, table, given, made, steps, whole)
    return found if ask.material is None else _with_phrase(found, ask.material, voices)


def _cells(
    window: Window, ask: Ask, voices: Collection[Voice], notes: Sequence[Note], player: bool, until: float
) -> tuple[Cells, Cells]:
    given, made = np.zeros((LENGTH, len(VOICES)), np.bool_), np.zeros((LENGTH, len(VOICES)), np.bool_)
    first = _step(window, ask.span.start)
    place = np.arange(STEPS)
    for number, voice in enumerate(VOICES):
        mine = [note for note in notes if note.voice is voice]
        earlier = any(note.beat < window.start for note in mine)
        lead = voice is Voice.LEAD and player
        given[:STEPS, number] = (earlier or lead) & (place < window.steps)
        here = given[HERE, number]
        if voice in voices:
            begun = any(note.beat < ask.span.start for note in mine) or bool(ask.after) or lead
            known = min(first, _step(window, until)) if lead and not begun else first
            here[:] = begun & (place < known)
            if ask.after:
                here |= place >= _step(window, ask.span.end)
            made[HERE, number] = ~here & (place < window.steps)
        elif lead:
            here[:] = place < _step(window, until)
        elif mine:
            here[:] = place < window.steps
        here &= place < window.steps
        given[HERE.stop :, number] = bool(ask.after) & (np.arange(AFTER) < window.steps)
    return given, made


def _step(window: Window, beat: float) -> int:
    """The first step of a window at or after a stage beat."""
    return min(max(-floor(-((beat - window.start) * PER_BEAT - 0.25)), 0), window.steps)


def _tell_chords(steps: Roll, window: Window, ask: Ask, up: int) -> None:
    """Tell the chords that are known, from the first to a bar after the span."""
    if not ask.chords:
        return
    end = ask.span.end + ask.meter.bar
    for base, first, most in ((-window.steps, 0, STEPS), (0, STEPS, STEPS), (window.steps, 2 * STEPS, AFTER)):
        for step in range(min(window.steps, most)):
            beat = window.start + (base + step) / PER_BEAT
            known = [at.chord for at in ask.chords if at.beat <= beat + HAIR]
            if known and beat < end and steps[first + step, THERE]:
                tell_chord(steps[first + step], known[-1], up)


def _with_phrase(scene: Scene, material: Material, voices: Collection[Voice]) -> Scene:
    window = scene.window
    phrase = _laid(material.phrase, material, window)
    other = _laid(material.other, material, window)
    phrased = tuple(voice for voice in VOICES if voice in voices and any(n.voice is voice for n in (*phrase, *other)))
    if not phrased:
        return scene
    return msgspec.structs.replace(
        scene,
        phrase=encode(phrase, window, scene.up),
        other=encode(other, window, scene.up) if material.other else None,
        phrased=phrased,
    )


def _laid(phrase: Iterable[Note], material: Material, window: Window) -> list[Note]:
    """The notes of a phrase where its repetitions fall into a window; the player's are the lead's."""
    found = []
    for note in phrase:
        voice = note.voice if note.voice in VOICES else Voice.LEAD
        base = material.origin + note.beat
        first = floor((window.start - base - note.duration) / material.beats)
        for turn in range(first, first + floor(window.beats / material.beats) + 3):
            beat = base + turn * material.beats
            if beat + note.duration > window.start - 0.125 and beat < window.span.end:
                found.append(Note(voice, beat, note.duration, note.pitch, note.velocity))
    return found
