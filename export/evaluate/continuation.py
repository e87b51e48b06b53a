"""Continuations of held-out melodies: the human's, and the model's through the same class that plays live."""

from collections.abc import Callable, Iterator

import msgspec
import numpy as np

from bridge.engine.family import Ask, Family, Heard, Pressed, Released
from bridge.engine.grid import TICKS
from bridge.music.meter import Meter
from bridge.music.note import Span, Voice
from export.data.layout import SCALES
from export.data.melody import Melody, Tone
from export.evaluate.figures import Phrase

PROMPT_BARS = 4
ANSWER_BARS = 8
FEWEST = 6
"""Notes that the prompt and the human's continuation must each have."""


class Prompt(msgspec.Struct, frozen=True):
    """The first bars of a held-out melody as a player's, and how the human went on. Ticks count from a bar line."""

    id: str
    set: str
    played: tuple[Tone, ...]
    human: Phrase


def prompts(melodies: list[Melody], most: int, seed: int = 11) -> list[Prompt]:
    """Up to `most` prompts, one a melody, from a random bar on, where the meter does not change."""
    random = np.random.default_rng(seed)
    found: list[Prompt] = []
    for index in random.permutation(len(melodies)):
        if len(found) == most:
            break
        prompt = _cut(melodies[int(index)], random)
        if prompt is not None:
            found.append(prompt)
    return found


def _cut(melody: Melody, random: np.random.Generator) -> Prompt | None:
    whole = PROMPT_BARS + ANSWER_BARS
    lines = melody.bars
    if len(lines) <= whole:
        return None
    first = int(random.integers(0, len(lines) - whole))
    bar = lines[first + 1] - lines[first]
    if any(lines[n + 1] - lines[n] != bar for n in range(first, first + whole)):
        return None
    start, turn, end = lines[first], lines[first + PROMPT_BARS], lines[first + whole]
    played = tuple(t._replace(tick=t.tick - start) for t in melody.tones if start <= t.tick < turn)
    human = tuple(t._replace(tick=t.tick - start) for t in melody.tones if turn <= t.tick < end)
    if len(played) < FEWEST or len(human) < FEWEST:
        return None
    scale = frozenset((melody.tonic + step) % 12 for kind in SCALES[melody.mode] for step in kind)
    phrase = Phrase(human, scale, melody.tonic, turn - start, end - turn, bar)
    return Prompt(melody.id, melody.set, played, phrase)


def heard(prompt: Prompt) -> Iterator[Heard]:
    """The prompt as the engine hears it, in time order."""
    events: list[tuple[float, int, Heard]] = []
    stop = prompt.human.start
    for tone in prompt.played:
        end = min(tone.end, stop)
        events.append((tone.tick, 1, Pressed(tone.tick / TICKS, tone.pitch, tone.velocity)))
        events.append((end, 0, Released(end / TICKS, tone.pitch)))
    for _, _, event in sorted(events, key=lambda item: item[:2]):
        yield event


def answer(family: Family, prompt: Prompt, seed: int, knobs: dict[str, float] | None = None) -> Phrase:
    """The model's continuation over the same bars as the human's; the key is given and not locked."""
    human = prompt.human
    family.rewind(float("-inf"))
    for event in heard(prompt):
        family.hear(event)
    span = Span(human.start / TICKS, (human.start + human.length) / TICKS)
    ask = Ask(
        id=seed,
        span=span,
        voices=(Voice.LEAD,),
        meter=Meter(human.bar * 8 // TICKS, 32),
        key=tuple(sorted(human.scale)),
        knobs=knobs or {},
        seed=seed,
    )
    tones = tuple(
        Tone(round(note.beat * TICKS), max(1, round(note.duration * TICKS)), note.pitch, note.velocity)
        for note in family.respond(ask)
    )
    return msgspec.structs.replace(human, tones=tones)


Answer = Callable[[Prompt, int], Phrase]
"""(prompt, seed) -> continuation."""
