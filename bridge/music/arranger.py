"""A band by rule: chords, bass and drums of one bar after another, from its chords, its meter and a style.

Every note follows from (bar, style, density, seed) and the hands' places after the bar before, so a bar that is asked
for again is the same. The figures are data (`arranger_styles`), where the notes lie is `arranger_voicing`'s.
"""

import random
from collections.abc import Collection, Sequence

import msgspec

from bridge.music.arranger_styles import FILLS, KIT, STYLES, Figure, Style, groups, steps
from bridge.music.arranger_voicing import RANGE, Voicing, bass_note, leading, voice
from bridge.music.chord import KINDS, Chord, ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice

PHRASE = 8
"""Bars of a phrase; the figure stays for half of it, and a fill leads to the next."""
ALL = (Voice.DRUMS, Voice.BASS, Voice.CHORDS)
STRENGTH = {True: 10, False: -8}
"""What a loud and a soft sign add to the style's velocity."""
STROKES = {"X": 100, "x": 80, "o": 46}
"""Velocity of each sign of the drums."""
STROKE = 0.12
"""Beats of a drum's note."""
FULL = 0.3
"""Density from which drums fill."""


class Bar(msgspec.Struct, frozen=True):
    """A bar to be played: its number, meter and key, its chords (beats from the bar line), and the chord after it.

    A bar whose first chord comes late, or whose chord is None, is silent for chords and bass there.
    """

    number: int
    meter: Meter
    key: Key
    chords: tuple[ChordAt, ...]
    then: Chord | None = None


class Hands(msgspec.Struct, frozen=True):
    """Where the players' hands are after a bar: last voicing, bass note and chord, and for how many bars it held."""

    voicing: Voicing = ()
    bass: int | None = None
    chord: Chord | None = None
    held: int = 0


START = Hands()


class Hints(msgspec.Struct, frozen=True):
    """How the band plays: a style's name, density 0 (sparse) to 1, and the pitch that chords keep below."""

    style: str = "rock"
    density: float = 0.5
    ceiling: int = RANGE[1]


def arrange(
    bar: Bar, hints: Hints, hands: Hands = START, seed: int = 0, voices: Collection[Voice] = ALL
) -> tuple[list[Note], Hands]:
    """The notes of a bar (beats from its bar line, in time order), and where the hands are afterwards.

    Raises KeyError for a style that STYLES does not have. The lead is not played here.
    """
    style = STYLES[hints.style]
    same = bool(bar.chords) and bar.chords[0].beat == 0 and bar.chords[0].chord == hands.chord
    held = hands.held + 1 if same else 0
    chance = random.Random(f"{seed}:{bar.number}")
    notes: list[Note] = []
    start = 0.0
    state = msgspec.structs.replace(hands, held=held)
    for kind, length in groups(bar.meter):
        figures = style.figures[kind.rstrip("/")]
        figure = _choose(figures, hints.density, seed, bar.number)
        last = start + length >= bar.meter.bar - 1e-6
        struck, voicing = _chords(figure, kind, start, length, bar, hints, state, chance)
        walked, bass = _bass(figure, kind, start, length, bar, hints, state, seed)
        beaten = _drums(figure, kind, start, length, bar, style, hints.density, last, seed)
        notes += [n for n in (*struck, *walked, *beaten) if n.voice in voices]
        state = msgspec.structs.replace(state, voicing=voicing, bass=bass)
        start += length
    final = bar.chords[-1].chord if bar.chords else hands.chord
    notes = [_human(note, chance) for note in sorted(notes, key=lambda n: (n.beat, n.voice, n.pitch))]
    return notes, msgspec.structs.replace(state, chord=final, held=held if len(bar.chords) <= 1 else 0)


def _choose(figures: Sequence[Figure], density: float, seed: int, number: int) -> Figure:
    """The figure for a density; the seed shifts it by one at most, for half a phrase."""
    shift = random.Random(f"{seed}:figure:{number // (PHRASE // 2)}").uniform(-0.6, 0.6)
    index = round(density * (len(figures) - 1) + shift)
    return figures[min(max(index, 0), len(figures) - 1)]


def _at(bar: Bar, beat: float) -> Chord | None:
    found = None
    for change in bar.chords:
        if change.beat <= beat + 1e-6:
            found = change.chord
    return found


class _Sign(msgspec.Struct, frozen=True):
    """One sign of a row: its beat, its length until the next sign or silence, and the chord it is played over.

    `fresh` says that the chord has just begun in the middle of the bar.
    """

    sign: str
    beat: float
    length: float
    chord: Chord
    fresh: bool


def _signs(row: str, kind: str, start: float, length: float, bar: Bar, anew: str) -> list[_Sign]:
    """The signs of a row over the bar's chords. A chord that changes under a held sign is struck anew as `anew`."""
    plain = steps(row, kind)
    step = length / len(plain)
    heard: list[tuple[str, float]] = []
    changes = [change.beat for change in bar.chords if start < change.beat < start + length]
    for index, sign in enumerate(plain):
        heard.append((sign, start + index * step))
    for beat in changes:
        heard = _struck_anew(heard, beat, step, anew)
    signs = []
    for index, (sign, beat) in enumerate(heard):
        chord = _at(bar, beat)
        if sign in "-." or chord is None:
            continue
        end = start + length
        for follower, later in heard[index + 1 :]:
            if follower != "-":
                end = later
                break
        fresh = any(0 < change == beat for change in changes) or beat == start > 0
        signs.append(_Sign(sign, beat, end - beat, chord, fresh))
    return signs


def _struck_anew(heard: list[tuple[str, float]], beat: float, step: float, anew: str) -> list[tuple[str, float]]:
    """Signs with one at a change of chord, unless the row strikes there or is silent until it soon does."""
    for index, (sign, place) in enumerate(heard):
        if abs(place - beat) < 1e-6:
            return heard if sign not in "-." else [*heard[:index], (anew, place), *heard[index + 1 :]]
    later = next((index for index, (_, place) in enumerate(heard) if place > beat), len(heard))
    return [*heard[:later], (anew, beat), *heard[later:]]


def _chords(
    figure: Figure, kind: str, start: float, length: float, bar: Bar, hints: Hints, hands: Hands, chance: random.Random
) -> tuple[list[Note], Voicing]:
    style = STYLES[hints.style]
    notes: list[Note] = []
    voicing, sounding = hands.voicing, hands.chord
    for sign in _signs(figure.chords, kind, start, length, bar, "c"):
        if sign.chord != sounding or not voicing or voicing[-1] > hints.ceiling:
            voicing, sounding = voice(sign.chord, voicing, style.voices, hints.ceiling), sign.chord
        loud = style.loud + STRENGTH[sign.sign.isupper() or sign.sign == "1"]
        pitches = (voicing[(int(sign.sign) - 1) % len(voicing)],) if sign.sign.isdigit() else voicing
        notes += [Note(Voice.CHORDS, sign.beat, sign.length * style.short, pitch, loud) for pitch in pitches]
    return notes, voicing


def _bass(
    figure: Figure, kind: str, start: float, length: float, bar: Bar, hints: Hints, hands: Hands, seed: int
) -> tuple[list[Note], int | None]:
    style = STYLES[hints.style]
    notes: list[Note] = []
    before = hands.bass
    signs = _signs(figure.bass, kind, start, length, bar, "R")
    for index, sign in enumerate(signs):
        following = signs[index + 1].chord if index + 1 < len(signs) else _next(bar, start + length)
        pitch = _bass_pitch(sign, before, following, bar, hands.held, hints.style, seed)
        loud = style.loud + 8 + STRENGTH[sign.sign.isupper()]
        notes.append(Note(Voice.BASS, sign.beat, max(sign.length * 0.92, 0.1), pitch, loud))
        before = pitch
    return notes, before


def _bass_pitch(
    sign: _Sign, before: int | None, following: Chord | None, bar: Bar, held: int, style: str, seed: int
) -> int:
    chord = sign.chord
    tones = [(chord.root + step) % 12 for step in KINDS[chord.kind]]
    root = bass_note(chord.lowest, before)
    match "R" if sign.fresh else sign.sign.upper():
        case "F":
            return bass_note(tones[-1] if len(tones) < 3 else tones[2], root)
        case "T":
            return bass_note(tones[1], root)
        case "O":
            return root + 12
        case "B" if held % 2 and len(tones) > 2:
            return bass_note(tones[2], root)
        case "A" if following is not None and before is not None:
            target = bass_note(following.lowest, before)
            chromatic = style in ("swing", "funk") and random.Random(f"{seed}:{bar.number}:lead").random() < 0.5
            return leading(target, before, frozenset(bar.key.pitch_classes), chromatic)
        case _:
            return root


def _next(bar: Bar, beat: float) -> Chord | None:
    return _at(bar, beat) if beat < bar.meter.bar - 1e-6 else bar.then


def _drums(
    figure: Figure,
    kind: str,
    start: float,
    length: float,
    bar: Bar,
    style: Style,
    density: float,
    last: bool,
    seed: int,
) -> list[Note]:
    if not figure.drums:
        return []
    notes = []
    fill = last and bar.number % PHRASE == PHRASE - 1 and density >= FULL
    pulse = length / 2 if kind.startswith("6") else min(1.0, length)
    stop = start + length - (pulse if fill else 0.0)
    for piece, row in figure.drums.items():
        plain = steps(row, kind)
        for index, sign in enumerate(plain):
            beat = start + index * length / len(plain)
            if sign in STROKES and beat < stop - 1e-6:
                notes.append(Note(Voice.DRUMS, beat, STROKE, KIT[piece], STROKES[sign]))
    if fill:
        options = FILLS["3" if kind.startswith("6") else "2"]
        chosen = options[random.Random(f"{seed}:fill:{bar.number}").randrange(len(options))]
        for piece, row in chosen.items():
            for index, sign in enumerate(row):
                if sign in STROKES:
                    beat = stop + index * pulse / len(row)
                    notes.append(Note(Voice.DRUMS, beat, STROKE, KIT[piece], STROKES[sign] + 2 * index))
    if start == 0 and bar.number % PHRASE == 0 and style.crash and density > FULL:
        notes.append(Note(Voice.DRUMS, 0.0, STROKE, KIT["crash"], 92))
    return notes


def _human(note: Note, chance: random.Random) -> Note:
    velocity = min(max(note.velocity + int(chance.random() * 9) - 4, 1), 127)
    return msgspec.structs.replace(note, velocity=velocity)
