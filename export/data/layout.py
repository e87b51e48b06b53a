"""Melodies laid out as they are played live: the player and the band take turns, each in their kind of events."""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import (
    DURATIONS,
    MIDDLE,
    POSITIONS,
    SHIFTS,
    Part,
    duration_class,
)
from bridge.engine.controls import controls
from bridge.engine.grid import TICKS, snap, snap_tick
from export.data.melody import Melody, Tone

SCALES = {"major": ((0, 2, 4, 5, 7, 9, 11),), "minor": ((0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11))}
"""Scales of each mode, as semitones above the tonic; the first is the usual one."""


class Chances(msgspec.Struct, frozen=True):
    """How often a layout does what; all are probabilities."""

    all_player: float = 0.04
    all_band: float = 0.12
    cut_on_beat: float = 0.25
    """A turn may end on any beat, as live, and not at a bar line only."""
    patience: float = 0.3
    """The band waits up to two beats before it takes over."""
    doubled: float = 0.1
    """The player doubles the tune below."""
    uneven: float = 0.35
    """The player is off the beat by up to a tick or so before the pull to the grid."""
    hide_scale: float = 0.25
    hide_density: float = 0.45
    hide_register: float = 0.45


LIVE = Chances()
KNOWN = Chances(
    all_player=0, all_band=0, cut_on_beat=0, patience=0, doubled=0, uneven=0,
    hide_scale=0, hide_density=0, hide_register=0,
)  # fmt: skip
"""For validation: turns on bar lines, played exactly, all controls known."""
PLAIN = msgspec.structs.replace(KNOWN, hide_density=1, hide_register=1)
"""The same with the scale known, density and register not."""


class Rows(NamedTuple):
    """Events as arrays over time; row n of `controls` belongs to event n as the one to be foretold."""

    events: NDArray[np.int64]
    """[N, 5] classes of the codec's fields."""
    places: NDArray[np.int64]
    """[N, 2] position classes of each event."""
    before: NDArray[np.int64]
    """[N] pitch of the last onset before each event, START's own for START."""
    controls: NDArray[np.float32]
    """[N, 17]."""
    dynamics: NDArray[np.bool_]
    """[N] whether the velocity may be learnt from."""


Placed = tuple[int, int, int, int, int, int, int]
"""An event before it is encoded: tick, order at it, part, pitch, ticks of length, velocity, number of the turn."""


class Turn(NamedTuple):
    """A stretch of ticks that belongs to the band or to the player."""

    start: int
    end: int
    band: bool


def window(melody: Melody, bars: int, random: np.random.Generator) -> Melody:
    """At most `bars` bars of a melody, from a random bar on."""
    lines = melody.bars
    if len(lines) - 1 <= bars:
        return melody
    first = int(random.integers(0, len(lines) - bars))
    start, end = lines[first], lines[first + bars]
    tones = [tone for tone in melody.tones if start <= tone.tick < end]
    return msgspec.structs.replace(melody, tones=tones, bars=lines[first : first + bars + 1])


def transpose(melody: Melody, steps: int) -> Melody:
    """A melody moved by semitones, and by octaves where it would leave a keyboard's middle."""
    mean = sum(tone.pitch for tone in melody.tones) / len(melody.tones) + steps
    steps += 12 * (mean < 50) - 12 * (mean > 88)
    tones = [tone._replace(pitch=min(max(tone.pitch + steps, 0), 127)) for tone in melody.tones]
    return msgspec.structs.replace(melody, tones=tones, tonic=(melody.tonic + steps) % 12)


def turns(melody: Melody, random: np.random.Generator, chances: Chances = LIVE) -> list[Turn]:
    """Alternating turns of 1 to 8 bars over the whole melody."""
    lines = melody.bars
    kind = random.random()
    if kind < chances.all_player + chances.all_band:
        return [Turn(lines[0], lines[-1], kind >= chances.all_player)]
    found, index, start = [], 0, lines[0]
    band = bool(random.random() < 0.3)
    while start < lines[-1]:
        index = min(index + int(random.integers(1, 9)), len(lines) - 1)
        end = lines[index]
        if random.random() < chances.cut_on_beat and index < len(lines) - 1:
            end -= TICKS * int(random.integers(0, max(1, (end - lines[index - 1]) // TICKS)))
        found.append(Turn(start, end, band))
        start, band = end, not band
    return found


def lay_out(melody: Melody, random: np.random.Generator, chances: Chances = LIVE) -> Rows:
    """A melody as a stream of events that starts with START on a bar line."""
    tones = _velocities(melody, random)
    plan = turns(melody, random, chances)
    scale = _scale(melody, random, chances)
    doubled = random.random() < chances.doubled
    spread = random.uniform(0.2, 0.9) if random.random() < chances.uneven else 0.0
    stream: list[Placed] = []
    asks = []
    k = 0
    for number, turn in enumerate(plan):
        own = []
        while k < len(tones) and tones[k].tick < turn.end:
            if tones[k].tick >= turn.start:
                own.append(tones[k])
            k += 1
        if turn.band:
            if number and random.random() < chances.patience:
                waits = turn.start + TICKS // 2 * int(random.integers(1, 5))
                own = [tone for tone in own if tone.tick >= waits]
            for tone in own:
                stream.append((tone.tick, 1, Part.LEAD, tone.pitch, tone.length, tone.velocity, number))
        else:
            stream.extend(_played(own, turn, number, random, doubled, spread, chances.patience > 0))
        asks.append(_ask(own, turn, random, chances))
    stream.sort(key=lambda item: item[:2])
    table = np.array(
        [(melody.bars[0], 0, Part.START, MIDDLE, 0, 0, 0), *stream],
        np.int64,
    ).reshape(-1, 7)
    return _rows(melody, table, plan, asks, scale)


def _rows(
    melody: Melody,
    table: NDArray[np.int64],
    plan: list[Turn],
    asks: list[tuple[float, float]],
    scale: tuple[int, ...],
) -> Rows:
    tick = table[:, 0]
    shift = np.diff(tick, prepend=tick[:1]).clip(0, SHIFTS - 1)
    lengths = np.array([duration_class(n) for n in range(DURATIONS[-1] + 1)])
    duration = lengths[table[:, 4].clip(0, DURATIONS[-1])]
    events = np.stack([table[:, 2], shift, table[:, 3], duration, table[:, 5] // 8], axis=1)
    onset = np.where(events[:, 0] != Part.RELEASE, np.arange(len(events)), 0)
    last = np.maximum.accumulate(np.concatenate([[0], onset[:-1]]))
    lines = np.array(melody.bars)
    bar = (np.searchsorted(lines, tick, side="right") - 1).clip(0, len(lines) - 2)
    into = (tick - lines[bar]).clip(0, POSITIONS - 1)
    left = (lines[bar + 1] - tick - 1).clip(0, POSITIONS - 1)
    wanted = np.stack([controls(scale, *asks[_next_band(plan, number)]) for number in range(len(plan))])
    return Rows(
        events,
        np.stack([into, left], axis=1),
        events[last, 2],
        wanted[table[:, 6]],
        np.full(len(table), melody.dynamics),
    )


def _next_band(plan: list[Turn], number: int) -> int:
    for index in range(number, len(plan)):
        if plan[index].band:
            return index
    return number


def _ask(own: list[Tone], turn: Turn, random: np.random.Generator, chances: Chances) -> tuple[float, float]:
    nothing = float("nan")
    if not own or not turn.band:
        return nothing, nothing
    beats = max(1.0, (turn.end - own[0].tick) / TICKS)
    density = len(own) / beats * float(np.exp(random.normal(0, 0.08)))
    register = sum(tone.pitch for tone in own) / len(own) + float(random.normal(0, 0.7))
    return (
        nothing if random.random() < chances.hide_density else density,
        nothing if random.random() < chances.hide_register else register,
    )


def _scale(melody: Melody, random: np.random.Generator, chances: Chances) -> tuple[int, ...]:
    if random.random() < chances.hide_scale:
        return ()
    kinds = SCALES[melody.mode]
    kind = kinds[0] if not chances.patience or random.random() < 0.65 else kinds[-1]
    return tuple((melody.tonic + step) % 12 for step in kind)


def _played(
    own: list[Tone],
    turn: Turn,
    number: int,
    random: np.random.Generator,
    doubled: bool,
    spread: float,
    alive: bool,
) -> list[Placed]:
    """The player's notes as HELD and RELEASE: legato, overlapping (the release comes late) or detached."""
    touch = int(random.integers(0, 3)) if alive else 0
    stops = alive and random.random() < 0.5
    below = int(random.choice((-12, -3, -4, -5, -8, -9)))
    events = []
    for tone in own:
        onset = max(snap(tone.tick + random.normal(0, spread)), turn.start) if spread else tone.tick
        length = tone.length if touch < 2 else max(DURATIONS[1], round(tone.length * random.uniform(0.5, 0.95)))
        end = max(snap_tick(tone.tick + length), onset)
        end = max(min(end, turn.end), onset) if stops else end
        pitches = (tone.pitch, max(tone.pitch + below, 0)) if doubled else (tone.pitch,)
        for pitch in pitches:
            events.append((onset, 1, int(Part.HELD), pitch, 0, tone.velocity, number))
            order = 2 if touch == 1 or end == onset else 0
            events.append((end, order, int(Part.RELEASE), pitch, 0, 0, number))
    return events


def _velocities(melody: Melody, random: np.random.Generator) -> list[Tone]:
    """Velocities scaled as one where they are real, else made up: a level, accents on the bar, an uneven hand."""
    tones = melody.tones
    if melody.dynamics:
        mean = sum(tone.velocity for tone in tones) / len(tones)
        factor = random.uniform(50, 110) / mean
        made = [tone.velocity * factor for tone in tones]
    else:
        level, spread = random.uniform(50, 108), random.uniform(1, 8)
        accents, noise = set(melody.bars), random.normal(0, 1, len(tones))
        made = [level + spread * (noise[n] + (tone.tick in accents)) for n, tone in enumerate(tones)]
    return [tone._replace(velocity=int(min(max(value, 8), 127))) for tone, value in zip(tones, made, strict=True)]
