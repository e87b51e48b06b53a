"""How long a note takes, and a span of four beats: through the real family, warm, with real music before it."""

import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from bridge.bench.neighbour import Neighbour
from bridge.bench.report import Cost, cost
from bridge.engine.family import Ask, Family, Heard, Pressed, Released, Sounded
from bridge.engine.pack import Card, read_card
from bridge.engine.providers import REMEDIES
from bridge.engine.session import available
from bridge.errors import ProviderError
from bridge.music.key import Key
from bridge.music.note import Note, Span
from bridge.music.tunes import TUNES, Tune

SPAN = 4.0
"""Beats of an ask."""
IN_A_ROW = 8
"""Spans that follow each other before the music goes back to the player's last bar."""
LONGEST = 20.0
"""Seconds after which a slow model has been heard enough."""


class Speed(msgspec.Struct, frozen=True):
    """A pack on the provider that really ran it."""

    pack: str
    asked: str
    got: str
    note: Cost
    span: Cost


async def speed(folder: Path, provider: str, notes: int) -> Speed:
    """Time a pack on a provider over at least so many notes. Raises PackError, ProviderError or EngineError."""
    async with Neighbour(measure, folder, provider, notes) as worker:
        measured: Speed = await worker.hear()
        return measured


def measure(pipe: "Connection[Any, Any]", folder: Path, provider: str, notes: int) -> None:
    """What the worker does: load, play, answer with a Speed."""
    from bridge.engine.shelf import open_pack

    family, loaded = open_pack(folder, provider)
    pipe.send(timed(family, read_card(folder), provider, loaded.got, notes))


def timed(family: Family, card: Card, asked: str, got: str, notes: int) -> Speed:
    """Answer four-beat asks one after another, as in a jam, with a stopwatch."""
    tune = next(iter(TUNES))
    here = tune.bars * tune.meter.bar
    for event in performed(tune):
        family.hear(event)
    note_wall: list[float] = []
    note_cpu: list[float] = []
    span_wall: list[float] = []
    span_cpu: list[float] = []
    until = time.perf_counter() + LONGEST
    count = 0
    while len(note_wall) < notes and time.perf_counter() < until and count < notes:
        start = here + SPAN * (count % IN_A_ROW)
        if count and start == here:
            family.rewind(here)
        ask = _ask(count, Span(start, start + SPAN), card, tune)
        began, busy = time.perf_counter(), time.thread_time()
        made: list[Note] = []
        last, last_cpu = began, busy
        for note in family.respond(ask):
            now, now_cpu = time.perf_counter(), time.thread_time()
            note_wall.append((now - last) * 1000)
            note_cpu.append((now_cpu - last_cpu) * 1000)
            made.append(note)
            last, last_cpu = time.perf_counter(), time.thread_time()
        span_wall.append((time.perf_counter() - began) * 1000)
        span_cpu.append((time.thread_time() - busy) * 1000)
        for note in made:
            family.hear(Sounded(note))
        count += 1
    return Speed(card.name, asked, got, cost(note_wall, note_cpu), cost(span_wall, span_cpu))


def performed(tune: Tune) -> Iterator[Heard]:
    """A tune as a model hears it from a player, from beat 0."""
    events: list[Heard] = []
    for note in tune.performance(0):
        events.append(Pressed(note.beat, note.pitch, note.velocity))
        events.append(Released(note.beat + note.duration, note.pitch))
    return iter(sorted(events, key=lambda event: event.beat))


def providers(asked: str | None) -> tuple[str, ...]:
    """The providers to try: the one asked for, else each that the installed ONNX Runtime was made with."""
    return available() if asked is None else (asked,)


def check(measured: Speed) -> None:
    """Refuse a provider that another one has stood in for. Raises ProviderError with the remedy."""
    if measured.got != measured.asked:
        remedy = REMEDIES.get(measured.asked, "choose another provider")
        raise ProviderError(f"{measured.pack}: asked for {measured.asked}, but it runs on {measured.got}; {remedy}")


def _ask(index: int, span: Span, card: Card, tune: Tune) -> Ask:
    return Ask(
        id=index,
        span=span,
        voices=card.voices,
        meter=tune.meter,
        key=Key.parse(tune.key).pitch_classes,
        knobs={knob.name: knob.default for knob in card.knobs},
        seed=index,
    )
