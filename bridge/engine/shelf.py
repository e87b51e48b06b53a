"""Where packs live, and how one becomes a family that plays."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import bridge
from bridge.engine.family import Ask, Family, Pressed, Released
from bridge.engine.lstm import Lstm
from bridge.engine.pack import Card, Pack
from bridge.engine.protocol import Loaded
from bridge.engine.session import Session, best_provider, open_session
from bridge.errors import PackError
from bridge.music.note import Span

FAMILIES: dict[str, Callable[[Pack, Callable[[str], Session]], Family]] = {"lstm": Lstm}
"""Family name in pack.toml -> what plays it."""

PROBE_SPANS = 8
"""Four-beat spans answered at load time to measure the speed that is shown."""


def folders(extra: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """Folders that may hold packs: those given, the one beside the source, the one inside the installed wheel."""
    package = Path(bridge.__file__).parent
    return tuple(path for path in (*extra, package.parent / "models", package / "models") if path.is_dir())


def packs(extra: tuple[Path, ...] = ()) -> dict[str, Path]:
    """Every pack found: name -> folder; the first of a name wins."""
    found: dict[str, Path] = {}
    for folder in folders(extra):
        for path in sorted(folder.iterdir()):
            if (path / "pack.toml").is_file():
                found.setdefault(path.name, path)
    return found


def find(name: str, extra: tuple[Path, ...] = ()) -> Path:
    """Folder of a pack by name or by path. Raises PackError that names the packs there are."""
    if (Path(name) / "pack.toml").is_file():
        return Path(name).resolve()
    there = packs(extra)
    if name not in there:
        names = ", ".join(there) or "none at all"
        raise PackError(f"no pack «{name}»; there are: {names}")
    return there[name]


def open_pack(folder: Path, provider: str = "auto", strict: bool = False) -> tuple[Family, Loaded]:
    """Load a pack, warm it up and time it. Raises PackError or ProviderError."""
    pack = Pack.load(folder)
    make = FAMILIES.get(pack.card.family)
    if make is None:
        raise PackError(f"{pack.card.name}: this Antiphon plays no family «{pack.card.family}»; update it")
    sessions: dict[str, Session] = {}

    def graph(name: str) -> Session:
        wanted = best_provider() if provider == "auto" else provider
        sessions[name] = open_session(pack.graph(name, wanted), wanted, strict)
        return sessions[name]

    family = make(pack, graph)
    family.warm_up()
    times = probe(family, pack.card)
    family.rewind(0.0)
    got = next((s.provider for s in sessions.values()), "cpu")
    return family, Loaded(
        pack=pack.card.name,
        family=pack.card.family,
        voices=pack.card.voices,
        asked=provider,
        got=got,
        p50_ms=statistics.median(times),
        p99_ms=statistics.quantiles(times, n=100)[98],
    )


def probe(family: Family, card: Card, spans: int = PROBE_SPANS) -> list[float]:
    """Milliseconds a note takes, over some spans answered to a rising scale."""
    for step, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72)):
        family.hear(Pressed(step * 0.5, pitch, 80))
        family.hear(Released(step * 0.5 + 0.4, pitch))
    times: list[float] = []
    for index in range(spans):
        ask = Ask(id=index, span=Span(4.0 + 4 * index, 8.0 + 4 * index), voices=card.voices, seed=index)
        last = time.perf_counter()
        for _ in family.respond(ask):
            times.append((time.perf_counter() - last) * 1000)
            last = time.perf_counter()
    return times if len(times) > 1 else [0.0, 0.0]
