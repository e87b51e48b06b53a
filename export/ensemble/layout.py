"""Pieces laid out as they are played live: the player's events and the band's in one stream, with what is told."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bridge.engine import ensemble_controls as told
from bridge.engine.codec import DURATIONS, MIDDLE, PARTS, POSITIONS, SHIFTS, Part, duration_class
from bridge.engine.features import NONE, SAME, columns
from bridge.engine.grid import TICKS, nearest
from bridge.music.chord import Chord
from export.data.layout import SCALES
from export.data.piece import KIND_LIST, MADE, NO_CHORD, Column, Piece, Role
from export.ensemble.chances import LIVE, STYLES, Chances

Ints = NDArray[np.int64]

PART_OF_ROLE = np.array([Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS])
ORDER = np.array([0, 0, 3, 2, 1, 0, 0])
"""Part -> its place among the band's notes of one tick: drums, bass, chords, lead."""
LENGTHS = np.array([duration_class(n) for n in range(DURATIONS[-1] + 1)])
SNAP = np.array(nearest())
SEGMENT = 4
"""Bars for which density and register are told."""
LONGEST = 1200
"""No window has more notes than this; the stream is cut to its length anyway."""
BY_RULE = 0.4
"""What a note that we made by rule is worth, against one that somebody wrote or played."""


class Lines(NamedTuple):
    """A stream as arrays over time [N, ...]; row n of `controls` holds when event n + 1 is foretold."""

    events: Ints
    ticks: Ints
    places: Ints
    columns: Ints
    controls: NDArray[np.float32]
    own: Ints
    references: Ints
    dynamics: NDArray[np.bool_]
    worth: NDArray[np.float32]
    """How much of the loss an event counts: less where we made it by rule."""


class Struck(NamedTuple):
    """Events before they are encoded, as columns."""

    tick: Ints
    order: Ints
    part: Ints
    pitch: Ints
    length: Ints
    velocity: Ints
    dynamics: NDArray[np.bool_]
    worth: NDArray[np.float32]


Row = TypeVar("Row", Lines, Struck)


def joined(rows: Sequence[Row]) -> Row:
    """Columns of several tables one after another."""
    return type(rows[0])._make(np.concatenate(columns) for columns in zip(*rows, strict=True))


def cut(rows: Row, which: slice | Ints) -> Row:
    """Some rows of all columns."""
    return type(rows)._make(column[which] for column in rows)


def snap(ticks: Ints) -> Ints:
    """The places of the grid nearest to whole ticks."""
    found: Ints = ticks // TICKS * TICKS + SNAP[ticks % TICKS]
    return found


def deal(notes: Ints, random: np.random.Generator, chances: Chances) -> tuple[set[Role], set[Role]]:
    """Who of a piece's roles is the player, and who is in the band; a lead made by rule is never the band's."""
    roles = {Role(role) for role in np.unique(notes[:, Column.ROLE])}
    lead = notes[notes[:, Column.ROLE] == Role.LEAD]
    by_rule = len(lead) > 0 and bool((lead[:, Column.SOURCE] == MADE).mean() > 0.5)
    weights = [weight for _, weight in chances.players]
    wanted = set(chances.players[random.choice(len(weights), p=np.array(weights) / sum(weights))][0])
    player = wanted & roles or (wanted and {Role.LEAD} & roles)
    rest = roles - player - ({Role.LEAD} if by_rule else set())
    if not rest:
        return set(), set(roles)
    band = set(rest)
    if random.random() < chances.fewer:
        for role in sorted(rest):
            if len(band) > 1 and random.random() < 0.4:
                band.discard(role)
    return player, band


def lay_out(piece: Piece, length: int, random: np.random.Generator, chances: Chances = LIVE) -> Lines:
    """At most `length` events of a piece, from START at a random bar line on."""
    first = int(random.integers(0, max(1, len(piece.bars) - 3))) if chances.transpose else 0
    if random.random() < 0.35:
        first = 0
    bars = piece.bars[first:].astype(np.int64)
    low = int(np.searchsorted(piece.notes[:, Column.TICK], bars[0]))
    notes = piece.notes[low : low + LONGEST].astype(np.int64)
    steps = int(random.integers(-6, 6)) if chances.transpose else 0
    pitched = notes[:, Column.ROLE] != Role.DRUMS
    notes[pitched, Column.PITCH] = np.clip(notes[pitched, Column.PITCH] + steps, 0, 127)
    notes[:, Column.VELOCITY] = velocities(piece, notes, bars, random)
    player, band = deal(notes, random, chances)
    rests = silences(player, band, bars, random, chances)
    struck = merge(piece, notes, bars, player, band, rests, random, chances)
    order = np.lexsort((struck.pitch, struck.order, struck.tick))[: length - 1]
    struck = cut(struck, order)
    return encode(piece, struck, bars, steps, band, rests, random, chances)


class Rest(NamedTuple):
    """A voice of the band does not play from tick `start` to tick `end`; `told`: nor is it asked to."""

    role: Role
    start: int
    end: int
    told: bool = True


def silences(
    player: set[Role], band: set[Role], bars: Ints, random: np.random.Generator, chances: Chances
) -> list[Rest]:
    """Where voices of the band are silent: one that is switched off for some bars, or all of them before they enter.

    Live the player is often alone at first, then the band comes in, all at once or voice by voice.
    """
    near = min(len(bars) - 1, 24)
    found: list[Rest] = []
    if len(band) > 1 and random.random() < chances.resting:
        start = int(random.integers(0, near))
        end = min(start + int(random.integers(2, 9)), len(bars) - 1)
        role = sorted(band)[int(random.integers(0, len(band)))]
        found.append(Rest(role, int(bars[start]), int(bars[end])))
    if player and band and len(bars) > 2 and random.random() < chances.late:
        told = bool(random.random() < 0.5)
        entry = _entry(bars, random)
        together = not told or random.random() < 0.6
        found += [Rest(role, int(bars[0]), entry if together else _entry(bars, random), told) for role in sorted(band)]
    return found


def _entry(bars: Ints, random: np.random.Generator) -> int:
    """A tick at which the band may enter: a bar line or a beat near the start."""
    bar = int(random.integers(0, min(len(bars) - 1, 8)))
    beats = max(1, int(bars[bar + 1] - bars[bar]) // TICKS)
    beat = int(random.integers(0, beats)) if random.random() < 0.35 else beats
    return int(min(bars[bar] + beat * TICKS, bars[bar + 1]))


def merge(
    piece: Piece,
    notes: Ints,
    bars: Ints,
    player: set[Role],
    band: set[Role],
    rests: Sequence[Rest],
    random: np.random.Generator,
    chances: Chances,
) -> Struck:
    """Both sides' events, not yet in order."""
    role, tick = notes[:, Column.ROLE], notes[:, Column.TICK]
    mine = np.isin(role, [int(r) for r in band])
    for rest in rests:
        mine &= ~((role == rest.role) & (tick >= rest.start) & (tick < rest.end))
    ours = notes[mine]
    parts = PART_OF_ROLE[ours[:, Column.ROLE]]
    at = snap(ours[:, Column.TICK])
    first = random.random(1 + int(notes[:, Column.TICK].max(initial=0)) + 2 * TICKS) < chances.band_first
    drums = ours[:, Column.ROLE] == Role.DRUMS
    band_rows = Struck(
        at,
        np.where(first[at], 1, 5) * 8 + ORDER[parts],
        parts,
        ours[:, Column.PITCH],
        np.maximum(ours[:, Column.LENGTH], 1),
        ours[:, Column.VELOCITY],
        np.where(drums, piece.drum_dynamics, piece.dynamics),
        np.where(ours[:, Column.SOURCE] == MADE, BY_RULE, 1.0).astype(np.float32),
    )
    theirs = notes[np.isin(role, [int(r) for r in player])]
    return joined((band_rows, hands(piece, theirs, bars, random, chances)))


def hands(piece: Piece, notes: Ints, bars: Ints, random: np.random.Generator, chances: Chances) -> Struck:
    """The player's notes as HELD and RELEASE, as a hand plays them."""
    if len(notes) and random.random() < chances.missing:
        notes = notes[random.random(len(notes)) >= 0.05]
    pitch = notes[:, Column.PITCH]
    if random.random() < chances.octave:
        pitch = np.clip(pitch + (12 if random.random() < 0.5 else -12), 0, 127)
    onset, length = notes[:, Column.TICK], notes[:, Column.LENGTH].astype(np.float64)
    if random.random() < chances.uneven:
        onset = np.rint(onset + random.normal(0, random.uniform(0.2, 0.9), len(notes))).astype(np.int64)
    onset = np.maximum(snap(onset), bars[0])
    if random.random() < chances.touch:
        shortest = random.uniform(0.4, 1.0)
        length = np.maximum(length * random.uniform(shortest, random.uniform(1.0, 1.15), len(notes)), DURATIONS[1])
    end = np.maximum(snap(np.rint(onset + length).astype(np.int64)), onset)
    late = random.random() < chances.touch * 0.4
    count = len(notes)
    real = np.full(count, piece.dynamics)
    return Struck(
        np.concatenate([onset, end]),
        np.concatenate([np.full(count, 3 * 8), np.where((end == onset) | late, 7 * 8, 0)]),
        np.repeat([int(Part.HELD), int(Part.RELEASE)], count),
        np.concatenate([pitch, pitch]),
        np.zeros(2 * count, np.int64),
        np.concatenate([notes[:, Column.VELOCITY], np.zeros(count, np.int64)]),
        np.concatenate([real, np.zeros(count, np.bool_)]),
        np.tile(np.where(notes[:, Column.SOURCE] == MADE, BY_RULE, 1.0).astype(np.float32), 2),
    )


def velocities(piece: Piece, notes: Ints, bars: Ints, random: np.random.Generator) -> Ints:
    """Velocities scaled as one where they are real, else made up: a level for each role, accents, an uneven hand."""
    found = notes[:, Column.VELOCITY].astype(np.float64)
    for role in Role:
        mine = notes[:, Column.ROLE] == role
        real = piece.drum_dynamics if role is Role.DRUMS else piece.dynamics
        if not mine.any():
            continue
        if real:
            found[mine] *= random.uniform(0.85, 1.15)
        else:
            accents = np.isin(notes[mine, Column.TICK], bars)
            hand = random.normal(0, 1, int(mine.sum()))
            found[mine] = random.uniform(50, 108) + random.uniform(1, 8) * (hand + accents)
    return np.clip(found, 8, 127).astype(np.int64)


def encode(
    piece: Piece,
    struck: Struck,
    bars: Ints,
    steps: int,
    band: set[Role],
    rests: Sequence[Rest],
    random: np.random.Generator,
    chances: Chances,
) -> Lines:
    """Events in order, with START before them, as arrays."""
    tick = np.concatenate([[bars[0]], struck.tick])
    shift = np.diff(tick, prepend=tick[:1]).clip(0, SHIFTS - 1)
    duration = np.concatenate([[0], LENGTHS[struck.length.clip(0, DURATIONS[-1])]])
    part = np.concatenate([[int(Part.START)], struck.part])
    pitch = np.concatenate([[MIDDLE], struck.pitch])
    velocity = np.concatenate([[0], struck.velocity]) // 8
    events = np.stack([part, shift, pitch, duration, velocity], 1)
    bar = (np.searchsorted(bars, tick, side="right") - 1).clip(0, len(bars) - 2)
    into = (tick - bars[bar]).clip(0, POSITIONS - 1)
    left = (bars[bar + 1] - tick - 1).clip(0, POSITIONS - 1)
    places = np.stack([into, left], 1)
    last = last_pitches(events)
    hidden = random.random() < chances.hide_key
    tonic = NONE if hidden else (piece.tonic + steps) % 12
    key = () if hidden else tuple((tonic + step) % 12 for step in scale(piece.mode, random, chances))
    controls, root = tell(piece, tick, part, pitch, bars, steps, random, chances)
    tonics = np.full(len(tick), tonic)
    controls[:-1] += asks(piece, tick, part, pitch, bars, key, band, rests, random, chances)[1:]
    # Where the band was asked to play and is silent only because we left it out, nothing is to be learnt from that.
    unasked = max((rest.end for rest in rests if not rest.told), default=bars[0])
    worth = np.where(tick < unasked, np.float32(0), np.concatenate([np.zeros(1, np.float32), struck.worth]))
    own = last[np.arange(len(events)), SAME[part]]
    return Lines(
        events,
        tick,
        places,
        columns(events, places, last, root, tonics),
        controls,
        np.where(own < 0, MIDDLE, own),
        np.stack([last[:, Part.HELD], last[:, Part.BASS], root, tonics], 1),
        np.concatenate([[False], struck.dynamics]),
        worth,
    )


def last_pitches(events: Ints) -> Ints:
    """Last pitch of each part before each event [N, 7], NONE where there is none."""
    count = len(events)
    found = np.full((count, PARTS), NONE, np.int64)
    for part in (Part.HELD, Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS):
        at = np.maximum.accumulate(np.where(events[:, 0] == part, np.arange(count), -1))
        found[1:, part] = np.where(at[:-1] >= 0, events[at[:-1], 2], NONE)
    return found


def scale(mode: str, random: np.random.Generator, chances: Chances) -> tuple[int, ...]:
    """A scale of a mode, as semitones above the tonic: mostly the usual one."""
    kinds = SCALES[mode]
    return kinds[0] if not chances.transpose or random.random() < 0.65 else kinds[-1]


def tell(
    piece: Piece, tick: Ints, part: Ints, pitch: Ints, bars: Ints, steps: int, random: np.random.Generator,
    chances: Chances,
) -> tuple[NDArray[np.float32], Ints]:  # fmt: skip
    """Controls [N, C] with the chords in them, and the root of each event's chord (NONE where none is told)."""
    controls = np.zeros((len(tick), told.SIZE), np.float32)
    root = np.full(len(tick), NONE, np.int64)
    if not len(piece.chords) or random.random() < chances.hide_chords:
        return controls, root
    with_bass = random.random() < chances.tell_bass
    at = np.searchsorted(piece.chords[:, 0], tick, side="right") - 1
    from_, until = max(int(at[0]), 0), min(int(at[-1]) + 2, len(piece.chords))
    table = piece.chords[from_:until]
    rows = []
    for n, (start, base, kind) in enumerate(table):
        if base == NO_CHORD:
            rows.append(told.chord_row(None))
            continue
        chord = Chord(int(base + steps) % 12, KIND_LIST[kind])
        if with_bass:
            end = table[n + 1, 0] if n + 1 < len(table) else bars[-1]
            low = pitch[(part == Part.BASS) & (tick >= start) & (tick < end)]
            if len(low) and low[0] % 12 != chord.root:
                chord = Chord(chord.root, chord.kind, int(low[0]) % 12)
        rows.append(told.chord_row(chord))
    sheet = np.stack(rows)
    here = at - from_
    known = at >= 0
    controls[known, told.NOW] = sheet[here[known]]
    sounding = known & (table[here.clip(0), 1] != NO_CHORD)
    root[sounding] = (table[here[sounding], 1] + steps) % 12
    if random.random() < chances.hide_next:
        return controls, root
    following = here + 1
    there = (following < len(table)) & known
    gap = np.where(there, table[following.clip(0, len(table) - 1), 0] - tick, told.FAR + 1)
    near = there & (gap <= told.FAR)
    controls[near, told.NEXT] = sheet[following[near]]
    controls[near, told.LEFT] = gap[near] / told.LEFT_UNIT
    controls[near, told.NEXT_KNOWN] = 1.0
    return controls, root


def asks(
    piece: Piece, tick: Ints, part: Ints, pitch: Ints, bars: Ints, key: tuple[int, ...], band: set[Role],
    rests: Sequence[Rest], random: np.random.Generator, chances: Chances,
) -> NDArray[np.float32]:  # fmt: skip
    """The rest of the controls [N, C], as they hold for the event itself."""
    style = STYLES.get(piece.style, piece.style)
    number = told.STYLES.index(style) + 1 if style in told.STYLES and random.random() >= chances.hide_style else 0
    voices = [told.VOICES[role] for role in sorted(band)]
    rows = np.repeat(told.wishes(key, voices, number)[None], len(tick), 0)
    for rest in rests:
        if rest.told:
            off = (tick >= rest.start) & (tick < rest.end)
            rows[off, told.ASKED.start + rest.role] = 0.0
    lines = bars[int(random.integers(0, SEGMENT)) :: SEGMENT]
    segment = np.searchsorted(lines, tick, side="right")
    edges = np.concatenate([[bars[0]], lines, [max(bars[-1], tick[-1] + 1)]])
    beats = np.maximum(np.diff(np.minimum(edges, tick[-1] + TICKS)), TICKS) / TICKS
    for role in sorted(band):
        mine = part == PART_OF_ROLE[role]
        if random.random() >= chances.hide_density:
            onset = mine & (np.diff(np.where(mine, tick, -1), prepend=-2) != 0)
            density = np.bincount(segment[onset], minlength=len(beats)) / beats
            density = density * np.exp(random.normal(0, 0.08, len(density)))
            rows[:, told.DENSITY.start + role] = density[segment] / told.DENSITY_UNIT
            rows[:, told.DENSITY_KNOWN.start + role] = 1.0
        if role is not Role.DRUMS and random.random() >= chances.hide_register:
            count = np.bincount(segment[mine], minlength=len(beats))
            mean = np.bincount(segment[mine], weights=pitch[mine], minlength=len(beats)) / np.maximum(count, 1)
            middle = told.REGISTER_MIDDLES[told.VOICES[role]]
            value = (mean + random.normal(0, 0.7) - middle) / told.REGISTER_UNIT
            shown = count[segment] > 0
            rows[shown, told.REGISTER.start + role] = value[segment][shown]
            rows[shown, told.REGISTER_KNOWN.start + role] = 1.0
    return rows
