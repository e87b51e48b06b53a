"""How well the denoiser accompanies, per number of steps, beside people, rules and another pack, all heard alike.

Every family hears a held-out tune beat by beat and answers one beat at a time, through `respond`, knowing nothing of
what comes; its own notes are told to it as they sound.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from bridge.engine.family import Ask, Family, Heard, Pressed, Released, Sounded
from bridge.jam.vamp import vamp
from bridge.music.arranger import START, Bar, Hints, arrange
from bridge.music.chord import ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from export.evaluate.accompany.distance import NAMES, distance, histograms
from export.evaluate.accompany.measures import MEASURES
from export.evaluate.accompany.trial import Trial

HUMAN, ARRANGER, VAMP = "people", "arranger, chords told", "vamp, key told"
SHOWN = (
    "chord-tone ratio",
    "clashes on strong beats",
    "CR, consonant with the player",
    "onsets agree with the written part",
    "notes a beat",
    "pitch-class entropy (bits)",
    "self-similarity of bars",
)
"""The measures that are shown."""
FAR = ("degrees of the key", "onsets in the bar", "lengths")
"""The distances that are shown, by the end of their names."""
SPANS = 40
REGISTER = 66.0


class Row(msgspec.Struct, frozen=True):
    """What one player of the table was measured to do: means over the trials, and distances of all of them together."""

    name: str
    figures: dict[str, float]
    distances: dict[str, float]


def key_of(trial: Trial) -> Key:
    """The trial's key."""
    return Key(trial.tonic, "minor" if trial.mode == "minor" else "major")


def answer(
    family: Family, trial: Trial, seed: int = 1, chords: bool = False, knobs: Mapping[str, float] | None = None
) -> list[Note]:
    """What a family plays to a trial, a beat at a time; `chords`: told the piece's own."""
    family.rewind(-math.inf)
    events: list[Heard] = [Pressed(note.beat, note.pitch, note.velocity) for note in trial.player]
    events += [Released(note.end, note.pitch) for note in trial.player]
    waiting = sorted(events, key=lambda event: (event.beat, isinstance(event, Pressed)))
    made: list[Note] = []
    unheard: list[Note] = []
    key = key_of(trial).pitch_classes
    for beat in range(math.ceil(trial.end - 1e-9)):
        due = [Sounded(note) for note in unheard]
        while waiting and waiting[0].beat < beat:
            due.append(waiting.pop(0))  # type: ignore[arg-type]
        for event in sorted(due, key=lambda event: event.beat):
            family.hear(event)
        ask = Ask(
            id=beat, span=Span(float(beat), min(beat + 1.0, trial.end)), voices=trial.voices, meter=trial.meter,
            key=key, chords=_known(trial.chords, beat) if chords else (), knobs=knobs or {}, seed=seed, now=float(beat),
        )  # fmt: skip
        unheard = list(family.respond(ask))
        made += unheard
    return made


def _known(chords: Sequence[ChordAt], beat: float) -> tuple[ChordAt, ...]:
    """The chords from the one that holds at a beat on."""
    held = [at for at in chords if at.beat <= beat][-1:]
    return (*held, *(at for at in chords if at.beat > beat))


def vamped(trial: Trial, seed: int = 1) -> list[Note]:
    """What the vamp plays, told the key alone."""
    span = Span(0.0, trial.end)
    return [
        note for voice in trial.voices for note in vamp(voice, span, key_of(trial), trial.meter, 0.0, REGISTER, seed)
    ]


def arranged(trial: Trial, seed: int = 1) -> list[Note]:
    """What the arranger plays, told every chord."""
    hands, found, length = START, [], trial.meter.bar
    style = "jig" if trial.meter.unit >= 8 and trial.meter.beats % 3 == 0 else "rock"
    style = "waltz" if trial.meter == Meter(3, 4) else style
    for number in range(round(trial.end / length)):
        start = number * length
        inside = _known(trial.chords, start)
        chords = tuple(ChordAt(max(at.beat - start, 0.0), at.chord) for at in inside if at.beat < start + length)
        bar = Bar(number, trial.meter, key_of(trial), chords)
        notes, hands = arrange(bar, Hints(style), hands, seed, trial.voices)
        found += [msgspec.structs.replace(note, beat=note.beat + start) for note in notes]
    return found


def row(name: str, chosen: Sequence[Trial], played: Sequence[Sequence[Note]]) -> Row:
    """The figures of what was played to each trial."""
    figures = {}
    for measure in (measure for measure in MEASURES if measure.name in SHOWN):
        values = [measure.compute(trial, notes) for trial, notes in zip(chosen, played, strict=True)]
        known = [value for value in values if value is not None]
        figures[measure.name] = float(np.mean(known)) if known else math.nan
    ours = [histograms(trial, notes) for trial, notes in zip(chosen, played, strict=True)]
    theirs = [histograms(trial, trial.human) for trial in chosen]
    names = [name for name in NAMES if name.endswith(FAR)]
    return Row(name, figures, {name: distance(name, ours, theirs) for name in names})


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table: figures, then distances to people."""
    names, far = list(rows[0].figures), list(rows[0].distances)
    heads = [*names, *("JSD, " + name.rsplit(", ", 1)[-1] for name in far)]
    lines = [f"| | {' | '.join(heads)} |"]
    lines.append(f"|---|{'---:|' * (len(names) + len(far))}")
    for each in rows:
        values = [each.figures[name] for name in names] + [each.distances[name] for name in far]
        lines.append(f"| {each.name} | {' | '.join(f'{value:.2f}' for value in values)} |")
    return "\n".join(lines)


def speed(family: Family, voices: Sequence[Voice], steps: int, spans: int = SPANS) -> tuple[float, float]:
    """Milliseconds on a core for two bars of the whole band, median and 99th percentile, after a tune."""
    family.rewind(-math.inf)
    for number in range(64):
        family.hear(Pressed(number * 0.5, 60 + (number * 7) % 12, 80))
        family.hear(Released(number * 0.5 + 0.4, 60 + (number * 7) % 12))
    spent = []
    for seed in range(spans):
        ask = Ask(
            id=seed, span=Span(32.0, 40.0), voices=tuple(voices), key=(0, 2, 4, 5, 7, 9, 11), seed=seed,
            knobs={"steps": float(steps)},
        )  # fmt: skip
        began = time.thread_time()
        for _ in family.respond(ask):
            pass
        spent.append((time.thread_time() - began) * 1000)
    p50, p99 = np.percentile(spent, (50, 99))
    return float(p50), float(p99)


def varied(rows: Sequence[Sequence[Note]]) -> float:
    """How far answers to the same ask are apart: 1 less what two have in common (16th, voice and pitch class)."""
    sets = [{(round(note.beat * 4), note.voice, note.pitch % 12) for note in notes} for notes in rows]
    pairs = [(one, other) for one, other in pairwise(sets) if one or other]
    return 1 - sum(len(one & other) / len(one | other) for one, other in pairs) / max(len(pairs), 1)


def each_step(counts: Sequence[int], who: str = "diffusion") -> Iterator[tuple[str, dict[str, float]]]:
    """Name and knobs of each number of steps."""
    for count in counts:
        yield f"{who}, {count} step{'s' * (count > 1)}", {"steps": float(count)}
