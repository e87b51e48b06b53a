"""How a pack becomes a family that plays."""

import statistics
import time
from pathlib import Path

from bridge.engine.choice import best
from bridge.engine.families import maker
from bridge.engine.family import Ask, Family, Pressed, Released
from bridge.engine.pack import SOUNDING, Card, Pack, pack_sha
from bridge.engine.protocol import Loaded
from bridge.engine.session import Session, available, best_provider, open_session
from bridge.errors import PackError
from bridge.music.note import Span

PROBE_SPANS = 8
"""Four-beat spans answered at load time to measure the speed that is shown."""
PROBE_MS = 500.0
"""Milliseconds after which no further span is begun: the band waits."""


def open_pack(folder: Path, provider: str = "auto", strict: bool = False) -> tuple[Family, Loaded]:
    """Load a pack, warm it up and time it. Raises PackError or ProviderError."""
    pack = Pack.load(folder)
    if pack.card.family in SOUNDING:
        raise PackError(f"{pack.card.name} makes sound and plays no voice; name it as `pack` under [texture]")
    try:
        make = maker(pack.card.family)
    except PackError as error:
        raise PackError(f"{pack.card.name}: {error}") from None
    sessions: dict[str, Session] = {}
    wanted = _fastest(folder) if provider == "auto" else provider

    def graph(name: str) -> Session:
        path = pack.graph(name, wanted)
        session = open_session(path, wanted, strict)
        if session.provider != wanted and (other := pack.graph(name, session.provider)) != path:
            session = open_session(other, session.provider)  # made for what runs, and not for what was asked for
        sessions[name] = session
        return session

    family = make(pack, graph)
    family.warm_up()
    cpu: list[float] = []
    times = probe(family, pack.card, cpu_ms=cpu)
    family.rewind(0.0)
    got = next((s.provider for s in sessions.values() if s.provider != wanted), wanted)
    return family, Loaded(
        pack=pack.card.name,
        family=pack.card.family,
        voices=pack.card.voices,
        asked=provider,
        got=got,
        p50_ms=statistics.median(times),
        p99_ms=statistics.quantiles(times, n=100)[98],
        cpu_p50_ms=statistics.median(cpu) if cpu else 0.0,
    )


def _fastest(folder: Path) -> str:
    """The provider that was measured to be the fastest for this pack here, else the one to try first."""
    there = available()
    first = best_provider(there)
    return first if len(there) == 1 else best(pack_sha(folder), there) or first


def probe(family: Family, card: Card, spans: int = PROBE_SPANS, cpu_ms: list[float] | None = None) -> list[float]:
    """Milliseconds a note takes, over some spans answered to a rising scale; on a core as well, put into `cpu_ms`."""
    for step, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72)):
        family.hear(Pressed(step * 0.5, pitch, 80))
        family.hear(Released(step * 0.5 + 0.4, pitch))
    times: list[float] = []
    for index in range(spans):
        ask = Ask(id=index, span=Span(4.0 + 4 * index, 8.0 + 4 * index), voices=card.voices, seed=index)
        last, spent = time.perf_counter(), time.thread_time()
        for _ in family.respond(ask):
            times.append((time.perf_counter() - last) * 1000)
            if cpu_ms is not None:
                cpu_ms.append((time.thread_time() - spent) * 1000)
            last, spent = time.perf_counter(), time.thread_time()
        if sum(times) > PROBE_MS:
            break
    return times if len(times) > 1 else [0.0, 0.0]
