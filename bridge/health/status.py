"""The state of the daemon as one value, for the terminal, OSC and whoever else asks."""

import msgspec

from bridge.health.metrics import recent
from bridge.jam.band import Band
from bridge.jam.horizon import LOOKAHEAD
from bridge.record.summary import percentile

WIDEST = 110
"""Characters of the status line."""


class Status(msgspec.Struct, frozen=True):
    """What runs now. Times in milliseconds; percentiles of the last few hundred values.

    `bar` and `beat` count from 1; in a count-in the bars are negative, and -1 is the last.
    """

    playing: bool
    tempo: float
    meter: str
    bar: int
    beat: int
    clock: str
    clock_error_ms: float
    clock_rival: str
    clock_rival_ms: float
    clock_rival_bpm: float
    link_peers: int
    mode: str
    who: str
    key: str
    chord: str
    """The chord of the chart, or the one that is heard; empty where there is none."""
    ports: str
    priority: str
    pack: str
    provider: str
    """The provider that runs; "none" while the engine is away."""
    asked: str
    note_ms: float
    """Time that a note took to be made, median of the last ones; before the first, at loading time."""
    note_p99_ms: float
    hit_rate: float
    """ISR: share of the 16ths of the band's turns for which the model had something to play."""
    hit_rate_weighted: float
    """ISRw: the same, weighed by how fresh the plan was."""
    staleness: float
    """Mean age of what was played, in 16ths since the first one of its answer."""
    late_ms: float
    late_p99_ms: float
    late_max_ms: float
    dropped: int
    notes: int
    commit_ms: float
    interval: float
    """Beats from ask to ask while the band accompanies; 0 where nobody does."""
    lookahead: float
    """Beats past the commit line that the plan is kept filled."""
    candidates: int
    """Answers made at a time, of which the best is played."""
    restarts: int
    daw: str = ""
    """The music program that is heard by OSC."""
    texture: str = ""
    """The texture and where it goes; "away" while its process is, empty where there is none."""
    texture_underruns: int = 0
    texture_load: float = 0.0
    """Real-time factor of the audio process: seconds of work a second of sound."""


def status(band: Band, pack: str, daw: str = "") -> Status:
    """Look at the band now."""
    map, clocks, metrics, loaded = band.map, band.clocks, band.metrics, band.loaded
    bar, into = map.bar_at(band.beat)
    late, times = recent(metrics.lateness), recent(metrics.note_ms)
    typical = percentile(times, 0.5) if times or not loaded else loaded.p50_ms
    slow = percentile(times, 0.99) if times or not loaded else loaded.p99_ms
    key, chord = band.conductor.key(), band.conductor.chord(band.beat, map)
    paces = [section.pace for section in band.conductor.sections if section.accompanies]
    return Status(
        playing=map.playing,
        tempo=round(clocks.bpm or map.bpm, 1),
        meter=str(map.meter),
        bar=bar + 1 if bar >= 0 else bar,
        beat=int(into) + 1,
        clock=band.source,
        clock_error_ms=round(band.clock_error_ms, 3),
        clock_rival=clocks.rival,
        clock_rival_ms=clocks.rival_ms,
        clock_rival_bpm=clocks.rival_bpm,
        link_peers=clocks.peers,
        mode=band.conductor.knobs.mode,
        who=band.conductor.floor.who.value,
        key=str(key) if key else "",
        chord=chord.name if chord else "",
        ports=band.ready.system if band.ready else "none",
        priority=band.ready.priority if band.ready else "",
        pack=loaded.pack if loaded else pack,
        provider=loaded.got if loaded else "none",
        asked=loaded.asked if loaded else "",
        note_ms=round(typical, 3),
        note_p99_ms=round(slow, 3),
        hit_rate=round(band.conductor.hits.rate, 4),
        hit_rate_weighted=round(band.conductor.hits.weighted, 4),
        staleness=round(band.conductor.hits.staleness, 2),
        late_ms=round(percentile(late, 0.5) * 1000, 3),
        late_p99_ms=round(percentile(late, 0.99) * 1000, 3),
        late_max_ms=round(max(late, default=0.0) * 1000, 3),
        dropped=metrics.dropped,
        notes=metrics.notes,
        commit_ms=round(band.conductor.horizon.seconds * 1000, 1),
        interval=max((pace.interval(map.bpm) for pace in paces), default=0.0),
        lookahead=round(max((pace.lookahead(map.bpm) for pace in paces), default=LOOKAHEAD), 2),
        candidates=max((pace.candidates for pace in paces), default=1),
        restarts=metrics.restarts,
        daw=daw,
    )


def line(status: Status) -> str:
    """The status on one line of at most `WIDEST` characters, and a few more where there is a texture."""
    if not status.playing:
        text = f"stopped   {status.clock} clock, {status.tempo:g} BPM   {status.pack} on {status.provider}"
        return text[:WIDEST]
    who = {"player": "YOU ", "band": "BAND", "both": "BOTH", "nobody": "... "}[status.who]
    text = (
        f"{who} bar {status.bar:>3}.{status.beat}  {status.tempo:5.1f} BPM ({status.clock})  "
        f"{status.key or 'listening':<11} {status.pack} on {status.provider}, {status.note_ms:.2f} ms a note, "
        f"hits {status.hit_rate:.1%}, late {status.late_p99_ms:.1f} ms"
    )
    return text[:WIDEST] + _texture(status)


def _texture(status: Status) -> str:
    """What is to be said of the texture, where there is one: real-time factor, and drop-outs if there were some."""
    if not status.texture:
        return ""
    drops = f", {status.texture_underruns} drop-outs" if status.texture_underruns else ""
    return f", texture {status.texture_load:.1%}{drops}"
