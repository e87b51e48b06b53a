"""What a bench measured, as values: the shape of its JSON. Times are in milliseconds unless a name says otherwise."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.record.summary import percentile

ISR_WORDS = {"120": "120 BPM", "200_hog": "200 BPM, every core busy"}
"""What hit rates are called in a report -> what that means."""


class Cost(msgspec.Struct, frozen=True):
    """What making something takes: wall time, and processor time of the thread that makes it."""

    p50: float
    p99: float
    cpu_p50: float
    count: int = 0


class Reaction(msgspec.Struct, frozen=True):
    """How long something takes to have its effect."""

    p50: float
    p99: float
    count: int = 0


class Late(msgspec.Struct, frozen=True):
    """How long after their moment notes left."""

    p50: float
    p99: float
    p999: float
    max: float
    notes: int = 0
    dropped: int = 0
    """Notes that the wire itself dropped, being too late."""
    unsent: int = 0
    """Notes whose time did not come: a JACK server that is short of time lets its clock stand still."""
    lost: int = 0
    """Notes that it sent and that did not arrive outside."""
    missed_cycles: int = 0
    """Cycles that the JACK server missed meanwhile: what was sent in them may be lost."""


class Lateness(msgspec.Struct, frozen=True):
    """Lateness on a quiet machine and on a busy one, the priority that was granted, and whose stamps these are."""

    idle: Late
    loaded: Late
    priority: str
    stamps: str


class Idle(msgspec.Struct, frozen=True):
    """Percent of a core that the three processes use while nothing plays, and an empty Python JACK client beside."""

    processes: float
    client: float | None = None
    each: dict[str, float] = {}
    """Of them by name: "desk", "wire", "engine"."""


class Ready(msgspec.Struct, frozen=True):
    """Seconds from the start of the program until its ports are open, and until its pack is loaded."""

    ports: float
    pack: float | None = None


class Rival(msgspec.Struct, frozen=True):
    """A peer's event measured in the same run, and how many times our note it takes."""

    what: str
    cost: Cost
    times_ours: float
    times_our_cpu: float


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured."""

    cpu: str
    cores: int
    os: str
    python: str
    onnxruntime: str
    load_before: float | None
    """Processes that wanted a core in the minute before (None: this system does not say)."""
    midi: str
    rate: int = 0
    period: int = 0
    """Frames a second, and frames of a JACK period; 0 elsewhere."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was measured; None or empty where it was not, and `notes` says why."""

    machine: Machine
    note_ms: dict[str, dict[str, Cost]] = {}
    """Pack -> provider that ran -> a note."""
    span_ms: dict[str, dict[str, Cost]] = {}
    """Pack -> provider that ran -> a span of four beats."""
    lateness_ms: Lateness | None = None
    through_ms: Reaction | None = None
    through_what: str = ""
    cut_ms: Reaction | None = None
    """From a key pressed while the band plays to the end of the band's note, through the desk."""
    knob_ms: Reaction | None = None
    turn_ms: Reaction | None = None
    isr: dict[str, float] = {}
    """Hit rate at "120" BPM and at "200_hog" beside a process that burns each core, of all packs together."""
    isrw: dict[str, float] = {}
    """The same weighed by freshness, of packs that accompany."""
    isr_ticks: dict[str, int] = {}
    """16ths that were counted for it."""
    isr_by_pack: dict[str, dict[str, float]] = {}
    """Pack -> its own, where there are several."""
    idle_cpu_percent: float | None = None
    """On JACK: above an empty Python client."""
    idle_cpu: Idle | None = None
    rss_mb: float | None = None
    """The three processes together; memory that they share, JACK's too, counts once."""
    ready_s: float | None = None
    ready: Ready | None = None
    best: dict[str, str] = {}
    """Pack -> the provider that is quickest here, remembered for `provider = "auto"`."""
    peers: dict[str, Rival] = {}
    notes: tuple[str, ...] = ()


def cost(wall: Sequence[float], cpu: Sequence[float]) -> Cost:
    """Percentiles of wall and processor times, all in milliseconds."""
    return Cost(percentile(wall, 0.5), percentile(wall, 0.99), percentile(cpu, 0.5), len(wall))


def reaction(times: Sequence[float]) -> Reaction:
    """Percentiles of times in milliseconds."""
    return Reaction(percentile(times, 0.5), percentile(times, 0.99), len(times))


def late(times: Sequence[float], dropped: int = 0, unsent: int = 0, lost: int = 0, missed_cycles: int = 0) -> Late:
    """Percentiles of latenesses in milliseconds."""
    p50, p99, p999 = (percentile(times, share) for share in (0.5, 0.99, 0.999))
    return Late(p50, p99, p999, max(times, default=0.0), len(times), dropped, unsent, lost, missed_cycles)


def write_json(report: Report, path: Path) -> None:
    """Write a report, figures to the microsecond. Raises OSError where the file cannot be written."""
    text = msgspec.json.encode(_rounded(msgspec.to_builtins(report)))
    path.write_bytes(msgspec.json.format(text, indent=2) + b"\n")


def _rounded(value: object) -> object:
    match value:
        case float():
            return round(value, 4)
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
        case _:
            return value
