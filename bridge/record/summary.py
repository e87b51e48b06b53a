"""`summary.json`: what a jam was, in figures."""

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.record.take import Origin, Take


class Spread(msgspec.Struct, frozen=True):
    """Median, 99th percentile and maximum of a measure; zeros where nothing was measured."""

    p50: float = 0.0
    p99: float = 0.0
    max: float = 0.0


class Typical(msgspec.Struct, frozen=True):
    """Median and 99th percentile of a measure; zeros where nothing was measured."""

    p50: float = 0.0
    p99: float = 0.0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon knows of a jam beside its notes."""

    mode: str
    pack: str
    provider: str
    seed: int
    ports: str
    """The MIDI system: "jack", "alsa", "coremidi", "windows" or "loopback"."""
    key: str = ""
    hit_rate: float | None = None
    """ISR, the share of 16ths of the band's turns that had a model's plan, 0 to 1; None where nothing was asked."""
    hit_rate_weighted: float | None = None
    """ISRw, the same weighed by how fresh the plan was."""
    staleness: float | None = None
    """Mean age of what was played, in 16ths."""
    stuck_notes: int = 0
    dropped_late: int = 0
    lateness_ms: Spread = Spread()
    note_ms: Typical = Typical()
    engine_restarts: int = 0


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`summary.json`. `notes_band` counts every note the band sent, `notes_vamp` those made by rule."""

    notes_player: int
    notes_band: int
    notes_vamp: int
    stuck_notes: int
    dropped_late: int
    lateness_ms: Spread
    hit_rate: float | None
    hit_rate_weighted: float | None
    staleness: float | None
    pack: str
    provider: str
    seed: int
    seconds: float
    bars: int
    tempo: float
    """Mean tempo in beats a minute."""
    mode: str
    key: str
    ports: str
    engine_restarts: int
    note_ms: Typical


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lies, interpolated; 0 for no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def spread(values: Sequence[float]) -> Spread:
    """Median, 99th percentile and maximum of `values`, in their own unit."""
    return Spread(percentile(values, 0.5), percentile(values, 0.99), max(values, default=0.0))


def summarise(take: Take, run: Run) -> Summary:
    """Count what is in the take and put it beside what the daemon measured."""
    timeline = take.timeline
    start, end, seconds = take.start, take.end, take.seconds
    band = take.band_notes
    return Summary(
        notes_player=len(take.player_notes),
        notes_band=len(band),
        notes_vamp=sum(sent.origin is Origin.VAMP for sent in band),
        stuck_notes=run.stuck_notes,
        dropped_late=run.dropped_late,
        lateness_ms=run.lateness_ms,
        hit_rate=run.hit_rate,
        hit_rate_weighted=run.hit_rate_weighted,
        staleness=run.staleness,
        pack=run.pack,
        provider=run.provider,
        seed=run.seed,
        seconds=round(seconds, 3),
        bars=len(timeline.bars(start, end)) if end > start else 0,
        tempo=round((end - start) * 60.0 / seconds if seconds > 0 else timeline.at(start).bpm, 2),
        mode=run.mode,
        key=run.key,
        ports=run.ports,
        engine_restarts=run.engine_restarts,
        note_ms=run.note_ms,
    )


def write_summary(summary: Summary, path: Path) -> None:
    """Write `summary.json`. Raises OSError where the file cannot be written."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
