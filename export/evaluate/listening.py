"""How well the daemon's ear hears key and chords of held-out lead sheets while their tune is played, note by note."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np

from bridge.engine.grid import TICKS
from bridge.jam.listener import Listener
from bridge.music.chord import KINDS, Chord
from bridge.music.harmony import SILENCE, recognise
from bridge.music.key import Key
from bridge.music.meter import Meter
from export.data.piece import Column, Piece, Role
from export.evaluate.accompany.bootstrap import Estimate, mean

SETS = ("nottingham", "ewld_pd")
BARS = (4, 8, 16)
"""Bars after which the key is asked for."""
EVENT = 1e-4
"""Beats before a beat's end at which the ear is asked about it."""
THIRDS = {kind: (3 in steps, 4 in steps) for kind, steps in KINDS.items()}
Rows = dict[str, list[float | None]]


class Beat(msgspec.Struct, frozen=True):
    """A beat of a lead sheet: the chord that is written, and what was heard."""

    written: Chord
    early: Chord | None
    """What the ear said as the beat began."""
    online: Chord | None
    """What it said as the beat ended."""
    offline: Chord | None
    """The likeliest path through the whole tune."""


def table(pieces: Iterable[Piece]) -> str:
    """Key and chords of the sheets among the pieces, as Markdown; shares of pieces, and of beats meaned over pieces."""
    rows: dict[str, Rows] = {}
    for piece in pieces:
        if piece.set in SETS and piece.chords_given:
            for name, value in figures(piece).items():
                rows.setdefault(name, {}).setdefault(piece.set, []).append(value)
    lines = [f"| heard right | {' | '.join(SETS)} |", f"|---|{'---:|' * len(SETS)}"]
    for name, found in rows.items():
        lines.append(f"| {name} | {' | '.join(_cell(mean(found.get(each, []))) for each in SETS)} |")
    return "\n".join(lines)


def figures(piece: Piece) -> dict[str, float | None]:
    """Shares of one sheet: keys right after BARS, chords' roots and kinds right by beat; None where it is too short."""
    heard = list(beats(piece))
    found: dict[str, float | None] = {}
    for bars, key in keys(piece).items():
        right = None if key is None else float(_is_key(key, piece))
        found[f"key after {bars} bars"] = right
        found[f"its scale after {bars} bars"] = None if key is None else float(_is_scale(key, piece))
    for name, which in (("as the beat begins", "early"), ("as it ends", "online"), ("offline, whole tune", "offline")):
        said: list[tuple[Chord, Chord | None]] = [(beat.written, getattr(beat, which)) for beat in heard]
        found[f"chord's root, {name}"] = _share([chord is not None and chord.root == w.root for w, chord in said])
        found[f"root and third, {name}"] = _share([chord is not None and _alike(w, chord) for w, chord in said])
        found[f"exact, {name}"] = _share([chord is not None and _same(w, chord) for w, chord in said])
    named = [beat for beat in heard if beat.online is not None]
    found["a chord is named, as it ends"] = len(named) / len(heard) if heard else None
    found["root, of those named"] = _share([b.online is not None and b.online.root == b.written.root for b in named])
    return found


def keys(piece: Piece) -> dict[int, Key | None]:
    """The key that is heard after so many bars; None where the piece ends before."""
    lines = [int(line) for line in piece.bars]
    found: dict[int, Key | None] = {}
    listener = Listener()
    waiting = [bars for bars in BARS if bars < len(lines)]
    for tick, pitch, on in _events(piece):
        while waiting and tick >= lines[waiting[0]]:
            found[waiting.pop(0)] = listener.key()
        _hear(listener, tick, pitch, on)
    for bars in waiting:
        found[bars] = listener.key()
    return {bars: found.get(bars) for bars in BARS}


def beats(piece: Piece) -> Iterator[Beat]:
    """Every beat with a written chord, and what was heard of it."""
    meter, start = Meter(*piece.meters[0][1:]), int(piece.bars[0])
    offline = _offline(piece)
    events = list(_events(piece))
    listener = Listener()
    step, end = TICKS, int(piece.bars[-1])
    index = 0
    for tick in range(start, end - step + 1, step):
        listener.ear.advance((tick - start) / TICKS, 0.0, meter, listener.key())
        early = listener.ear.chord()
        while index < len(events) and events[index][0] < tick + step:
            when, pitch, on = events[index]
            _hear(listener, when - start, pitch, on)
            index += 1
        listener.ear.advance((tick + step - start) / TICKS - EVENT, 0.0, meter, listener.key())
        written = piece.chord_at(tick + step // 2)
        if written is not None:
            yield Beat(written, early, listener.ear.chord(), offline.get(tick))


def _offline(piece: Piece) -> dict[int, Chord | None]:
    lead = piece.part(Role.LEAD)
    edges = np.arange(int(piece.bars[0]), int(piece.bars[-1]) + 1, TICKS, dtype=np.int32)
    lines = {int(line) for line in piece.bars}
    strengths = np.array([2 if int(edge) in lines else 0 for edge in edges[:-1]], np.int32)
    rows = recognise(
        lead[:, Column.TICK],
        lead[:, Column.LENGTH],
        lead[:, Column.PITCH],
        np.zeros(len(lead), np.bool_),
        edges,
        strengths,
        piece.tonic,
        piece.mode,
    )
    kinds = list(KINDS)
    found: dict[int, Chord | None] = {}
    for edge in edges[:-1].tolist():
        row = rows[max(int(np.searchsorted(rows[:, 0], edge, side="right")) - 1, 0)]
        found[edge] = None if row[1] == SILENCE else Chord(int(row[1]), kinds[int(row[2])])
    return found


def _events(piece: Piece) -> Iterator[tuple[int, int, bool]]:
    """(tick, pitch, whether it goes down) of the tune, in time order, releases first."""
    found = []
    for row in piece.part(Role.LEAD).tolist():
        found.append((row[Column.TICK], 1, row[Column.PITCH]))
        found.append((row[Column.TICK] + row[Column.LENGTH], 0, row[Column.PITCH]))
    for tick, on, pitch in sorted(found):
        yield tick, pitch, bool(on)


def _hear(listener: Listener, tick: int, pitch: int, on: bool) -> None:
    if on:
        listener.press(tick / TICKS, 0, pitch, 80)
    else:
        listener.release(tick / TICKS, 0, pitch)


def _is_key(key: Key, piece: Piece) -> bool:
    return key.tonic == piece.tonic and ("minor" in key.scale) == (piece.mode == "minor")


def _is_scale(key: Key, piece: Piece) -> bool:
    own = Key(piece.tonic, "minor" if piece.mode == "minor" else "major")
    return set(key.pitch_classes) == set(own.pitch_classes)


def _alike(one: Chord, other: Chord) -> bool:
    return one.root == other.root and THIRDS[one.kind] == THIRDS[other.kind]


def _same(one: Chord, other: Chord) -> bool:
    return one.root == other.root and one.kind == other.kind


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def _cell(estimate: Estimate | None) -> str:
    return "n/a" if estimate is None else f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
