"""The floor: a second-order Markov chain of each role, told the key and deaf to the player.

Rhythm is a chain of gaps, pitch one of chords above the tonic; both are counted on what people wrote or played in
training pieces. The same chains judge how common a band's notes are, which no critic here sees.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import log
from typing import Generic, TypeVar

from bridge.music.note import Note, Voice
from export.data.piece import PLAYED, VOICE_OF, Column, Piece, Role
from export.evaluate.accompany.sounding import SIXTEENTHS, judged
from export.evaluate.accompany.trial import Trial

ORDER = 2
FEW = 4
"""Times that a context must have been seen to be drawn from."""
LONGEST = 32
"""Sixteenths of a gap or a note at most."""
CLASSES = 4096
"""Classes that chance alone would choose among."""
LOUD = 76
SHAPE_NOTES = 6
"""Notes of a chord that count."""

Value = TypeVar("Value", bound=Hashable)
Shape = tuple[int, ...]
Beat = tuple[int, Shape, int]
"""Sixteenths since the onset before, pitches (above the tonic, or of the kit), sixteenths they last."""


class Chain(Generic[Value]):
    """Counts of what follows up to ORDER values; Witten-Bell weights where it judges."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Value, ...], Counter[Value]] = defaultdict(Counter)

    def learn(self, before: tuple[Value, ...], value: Value) -> None:
        """Count a value after its context, and after the shorter ones."""
        for order in range(ORDER + 1):
            self._counts[_last(before, order)][value] += 1

    def draw(self, before: tuple[Value, ...], chance: random.Random) -> Value:
        """A value after a context, or after the longest end of it that was seen often enough."""
        for order in range(ORDER, -1, -1):
            counts = self._counts.get(_last(before, order))
            if counts and (order == 0 or counts.total() >= FEW):
                return chance.choices(list(counts), list(counts.values()))[0]
        raise LookupError("nothing was counted")

    def nats(self, before: tuple[Value, ...], value: Value) -> float:
        """How unlikely a value is after a context."""
        likely = 1.0 / CLASSES
        for order in range(ORDER + 1):
            counts = self._counts.get(_last(before, order))
            if counts:
                total, kinds = counts.total(), len(counts)
                likely = (counts[value] + kinds * likely) / (total + kinds)
        return -log(likely)


class Floor:
    """Chains of each voice and mode, counted on pieces."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._gaps: dict[tuple[Voice, str], Chain[int]] = defaultdict(Chain)
        self._pitches: dict[tuple[Voice, str], Chain[Shape]] = defaultdict(Chain)
        self._lengths: dict[tuple[Voice, str], dict[int, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
        for piece in pieces:
            for role in piece.roles:
                self._learn(piece, role)

    def play(self, trial: Trial, seed: int = 0) -> tuple[Note, ...]:
        """The trial's voices, from the first bar line on."""
        found: list[Note] = []
        for voice in trial.voices:
            place = (voice, trial.mode)
            if place not in self._gaps:
                continue
            chance = random.Random(f"{trial.id}:{voice}:{seed}")
            found += self._line(trial, place, chance)
        return tuple(sorted(found, key=lambda note: note.beat))

    def surprise(self, trial: Trial, notes: Sequence[Note]) -> float | None:
        """Nats that an onset of the band (its gap and its chord) costs under the chains."""
        total, count = 0.0, 0
        for voice in {note.voice for note in notes}:
            place = (voice, trial.mode)
            if place not in self._gaps:
                continue
            rows = [
                (round(n.beat * SIXTEENTHS), n.pitch, max(round(n.duration * SIXTEENTHS), 1))
                for n in judged(trial, notes)
                if n.voice is voice
            ]
            for gaps, chords, (gap, chord, _) in _contexts(_beats(rows, 0 if voice is Voice.DRUMS else trial.tonic)):
                total += self._gaps[place].nats(gaps, gap) + self._pitches[place].nats(chords, chord)
                count += 1
        return total / count if count else None

    def _learn(self, piece: Piece, role: Role) -> None:
        place = (VOICE_OF[role], piece.mode)
        rows = [
            (round(row[Column.TICK] / 6), row[Column.PITCH], max(round(row[Column.LENGTH] / 6), 1))
            for row in piece.part(role).tolist()
            if row[Column.SOURCE] == PLAYED
        ]
        for gaps, chords, (gap, chord, length) in _contexts(_beats(rows, 0 if role is Role.DRUMS else piece.tonic)):
            self._gaps[place].learn(gaps, gap)
            self._pitches[place].learn(chords, chord)
            self._lengths[place][gap][length] += 1

    def _line(self, trial: Trial, place: tuple[Voice, str], chance: random.Random) -> Iterator[Note]:
        gaps: tuple[int, ...] = ()
        chords: tuple[Shape, ...] = ()
        tick = 0
        while tick < trial.end * SIXTEENTHS:
            chord, gap = self._pitches[place].draw(chords, chance), self._gaps[place].draw(gaps, chance)
            lengths = self._lengths[place][gap]
            length = chance.choices(list(lengths), list(lengths.values()))[0]
            low = 0 if place[0] is Voice.DRUMS else trial.tonic
            beats = min(length / SIXTEENTHS, trial.end - tick / SIXTEENTHS)
            for pitch in chord:
                yield Note(place[0], tick / SIXTEENTHS, beats, min(max(pitch + low, 0), 127), LOUD)
            chords, gaps = (*chords, chord)[-ORDER:], (*gaps, gap)[-ORDER:]
            tick += max(gap, 1)


def _beats(rows: Iterable[tuple[int, int, int]], tonic: int) -> list[Beat]:
    """Rows of (16th, pitch, length) as onsets."""
    onsets: dict[int, list[tuple[int, int]]] = {}
    for tick, pitch, length in rows:
        onsets.setdefault(tick, []).append((pitch - tonic, length))
    found: list[Beat] = []
    before: int | None = None
    for tick, notes in sorted(onsets.items()):
        pitches = tuple(sorted({pitch for pitch, _ in notes})[:SHAPE_NOTES])
        gap = 0 if before is None else min(tick - before, LONGEST)
        found.append((gap, pitches, min(max(length for _, length in notes), LONGEST)))
        before = tick
    return found


def _contexts(beats: Sequence[Beat]) -> Iterator[tuple[tuple[int, ...], tuple[Shape, ...], Beat]]:
    """(gaps before, chords before, onset) of a line, from its second onset on."""
    for index in range(1, len(beats)):
        before = beats[max(index - ORDER, 0) : index]
        yield tuple(beat[0] for beat in before), tuple(beat[1] for beat in before), beats[index]


def _last(before: tuple[Value, ...], order: int) -> tuple[Value, ...]:
    return before[len(before) - min(order, len(before)) :]
