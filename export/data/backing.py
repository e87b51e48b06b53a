"""A band by rule for pieces that have a tune or chords only; its notes are marked as made by us."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec
import numpy as np

from bridge.engine.grid import TICKS
from bridge.errors import DataError
from bridge.music.arranger import ALL, START, Bar, Hints, arrange
from bridge.music.arranger_tune import tune
from bridge.music.chord import Chord, ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from export.data import proxies
from export.data.dice import dice
from export.data.piece import KIND_INDEX, KIND_LIST, MADE, NO_CHORD, ROLE_OF, Column, Piece, Role
from export.data.progressions import LABELS, Progression
from export.data.rows import pitched, struck, tidy

SPARSE, DENSE = 0.1, 0.95
"""Densities of the made bands."""
FEWEST_BARS = 4
SUNG = 0.7
"""Share of the chord sets' songs that get a tune by rule."""

DANCES = {"jig": "jig", "slip-jig": "jig", "reel": "reel", "hornpipe": "reel", "waltz": "waltz", "morris": "march",
          "playford": "jig", "carol": "hymn", "folk-mixed": "reel", "jazz": "swing", "rock": "rock", "reggae": "latin",
          "funk / soul": "funk", "electronic": "rock", "chorale": "hymn"}  # fmt: skip
"""Style of a lead sheet -> the arranger's; others by meter and chance."""


def hints(piece: Piece) -> Hints:
    """How the band plays along with a piece."""
    density = SPARSE + (DENSE - SPARSE) * dice(piece.id, "density")
    chance = dice(piece.id, "band")
    triple = bool(piece.meters) and piece.meters[0][1] in (3, 6, 9, 12)
    if piece.style in DANCES and chance < 0.8:
        return Hints(DANCES[piece.style], density)
    if triple:
        return Hints("waltz" if chance < 0.6 else "ballad", density)
    return Hints(
        "ballad" if chance < 0.4 else "rock" if chance < 0.75 else "march" if chance < 0.9 else "swing", density
    )


def accompany(piece: Piece, how: Hints, voices: tuple[Voice, ...] = ALL) -> Piece:
    """The piece with chords, bass and drums by rule, over its chords and under its lead; they wait for a chord."""
    seed = int(dice(piece.id, "seed") * 1e9)
    lead = piece.part(Role.LEAD)
    hands = START
    made: list[tuple[int, Note]] = []
    bars = list(chord_bars(piece))
    for number, (start, meter, chords) in enumerate(bars):
        following = bars[number + 1][2] if number + 1 < len(bars) else ()
        then = following[0].chord if following else None
        if hands is START and not any(change.chord for change in chords):
            continue
        above = lead[(lead[:, Column.TICK] >= start) & (lead[:, Column.TICK] < start + meter.bar * TICKS), Column.PITCH]
        ceiling = int(above.min()) - 1 if len(above) else how.ceiling
        bar = Bar(number, meter, Key(piece.tonic, piece.mode), chords, then)
        notes, hands = arrange(
            bar, msgspec.structs.replace(how, ceiling=min(ceiling, how.ceiling)), hands, seed, voices
        )
        made += [(start, note) for note in notes]
    return with_notes(piece, made)


def with_notes(piece: Piece, made: list[tuple[int, Note]]) -> Piece:
    """The piece with notes (bar line in ticks, note from there) added as made by us."""
    tables, micro = [piece.notes], [piece.micro]
    for voice, role in ROLE_OF.items():
        raw = np.array(
            [(start / TICKS + n.beat, n.duration, n.pitch, n.velocity) for start, n in made if n.voice is voice]
        ).reshape(-1, 4)
        if not len(raw):
            continue
        rows = struck(raw, MADE, performed=False)[0] if role is Role.DRUMS else pitched(raw, role, MADE)
        tables.append(rows)
        micro.append(np.zeros(len(rows), np.float32))
    notes, late = tidy(np.concatenate(tables), np.concatenate(micro))
    return msgspec.structs.replace(piece, notes=notes, micro=late)


def chord_bars(piece: Piece) -> Iterator[tuple[int, Meter, tuple[ChordAt, ...]]]:
    """Every bar's line in ticks, its meter and its chords in beats from the line; the chord that stands comes first."""
    changes = {index: Meter(beats, unit) for index, beats, unit in piece.meters}
    meter = Meter()
    rows = piece.chords
    for index, (start, end) in enumerate(pairwise(piece.bars.tolist())):
        meter = changes.get(index, meter)
        chords = [ChordAt(0.0, piece.chord_at(start))]
        inside = rows[(rows[:, 0] > start) & (rows[:, 0] < end)]
        chords += [ChordAt((int(tick) - start) / TICKS, _chord(root, kind)) for tick, root, kind in inside]
        yield start, meter, tuple(chords)


def _chord(root: int, kind: int) -> Chord | None:
    return None if root == NO_CHORD else Chord(int(root), KIND_LIST[kind])


def played(song: Progression) -> Piece:
    """A song of the chord sets as a piece by rule. Raises DataError where it has hardly a chord."""
    if len(song.bars) < FEWEST_BARS or not any(change.chord for _, changes in song.bars for change in changes):
        raise DataError("it has too few chords")
    seed = int(dice(song.id, "seed") * 1e9)
    how = Hints(song.style, SPARSE + (DENSE - SPARSE) * dice(song.id, "density"))
    sung = dice(song.id, "tune") < SUNG
    register = 66 + 10 * dice(song.id, "register")
    lines, hands, pitch = [0], START, None
    meters: list[tuple[int, int, int]] = []
    made: list[tuple[int, Note]] = []
    table: list[tuple[int, int, int]] = []
    for number, (meter, chords) in enumerate(song.bars):
        start = lines[-1]
        if not meters or meters[-1][1:] != (meter.beats, meter.unit):
            meters.append((number, meter.beats, meter.unit))
        then = song.bars[number + 1][1] if number + 1 < len(song.bars) else ()
        bar = Bar(number, meter, Key(song.tonic, song.mode), chords, then[0].chord if then else None)
        lead, pitch = tune(bar, dice(song.id, "busy"), register, pitch, seed) if sung else ([], None)
        low = min((note.pitch for note in lead), default=how.ceiling + 1) - 1
        notes, hands = arrange(bar, msgspec.structs.replace(how, ceiling=min(low, how.ceiling)), hands, seed)
        made += [(start, note) for note in (*lead, *notes)]
        for beat, chord in chords:
            found = (NO_CHORD, 0) if chord is None else (chord.root, KIND_INDEX[chord.kind])
            if not table or table[-1][1:] != found:
                table.append((start + round(beat * TICKS), *found))
        lines.append(start + round(meter.bar * TICKS))
    empty = Piece(
        id=song.id, set=song.set, cluster=cluster(song.title), style=LABELS.get(song.style, song.style),
        tempo=song.tempo, nominal_tempo=song.nominal, tonic=song.tonic, mode=song.mode, arousal=float("nan"),
        brightness=float("nan"), notes=np.zeros((0, len(Column)), np.int32), micro=np.zeros(0, np.float32),
        dynamics=False, drum_dynamics=False, bars=np.array(lines, np.int32), meters=meters,
        chords=np.array(table, np.int32).reshape(-1, 3), chords_given=True,
    )  # fmt: skip
    piece = with_notes(empty, made)
    return msgspec.structs.replace(
        piece,
        arousal=proxies.arousal(piece.notes, proxies.beats_of(piece.bars), False),
        brightness=proxies.brightness(piece.notes),
    )


def cluster(title: str) -> str:
    """One cluster for songs of one title, so that a song in two sets is on one side of the split."""
    return "title " + "".join(letter for letter in title.lower() if letter.isalnum())
