"""The goals, and each figure of a report beside its own."""

from collections.abc import Iterator

import msgspec

from bridge.bench.report import ISR_WORDS, Late, Report

NOTE_P50, NOTE_P99 = 0.6, 1.2
"""Milliseconds a note of the flagship on one thread of the processor."""
AT_ONCE = 0.02
"""Milliseconds a note below which a pack makes none by itself: the first one takes the whole phrase."""
SPAN_P99 = 25.0
LATE_P99, LATE_P999 = 0.3, 3.0
"""Milliseconds of lateness where the system grants real-time priority."""
LATE_P99_ORDINARY = 1.5
"""Milliseconds where it does not."""
THROUGH = 0.85
"""Milliseconds from a key to its harmony, beyond the two periods that any client on JACK takes."""
KNOB_P99 = 60.0
ISR = {"120": 0.9995, "200_hog": 0.995}
IDLE_PERCENT, MEMORY_MB, READY_S = 0.5, 300.0, 2.0


class Row(msgspec.Struct, frozen=True):
    """A figure and its goal; `worst` is what the goal compares with, and `least` turns "at most" into "at least"."""

    what: str
    figure: str
    worst: float
    goal: float | None
    unit: str = "ms"
    least: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.worst >= self.goal if self.least else self.worst <= self.goal

    @property
    def share(self) -> float:
        """How much of what the goal allows is used up; for a rate, of the misses that it allows."""
        if self.goal is None:
            return 0.0
        return (1.0 - self.worst) / (1.0 - self.goal) if self.least else self.worst / self.goal


def rows(report: Report) -> list[Row]:
    """Every figure of a report beside its goal, in the order of a note's way."""
    return [*_speed(report), *_ports(report), *_rates(report), *_manners(report)]


def real_time(priority: str) -> bool:
    """Whether the words of the wire say that it was granted real-time priority."""
    return priority.startswith("real-time")


def _speed(report: Report) -> Iterator[Row]:
    for pack, providers in report.note_ms.items():
        for provider, note in providers.items():
            name = f"{pack} on {provider}"
            if note.p50 > AT_ONCE:
                cpu = f"{note.cpu_p50:.2f} CPU"
                yield Row(f"{name}: a note, p50", f"{note.p50:.2f} ms ({cpu})", note.p50, NOTE_P50)
                yield Row(f"{name}: a note, p99", f"{note.p99:.2f} ms", note.p99, NOTE_P99)
            span = report.span_ms.get(pack, {}).get(provider)
            if span is not None:
                how = "four beats" if note.p50 > AT_ONCE else "four beats at once"
                yield Row(f"{name}: {how}, p99", f"{span.p99:.2f} ms (p50 {span.p50:.2f})", span.p99, SPAN_P99)
    for name, rival in report.peers.items():
        figure = f"{rival.cost.p50:.2f} ms: {rival.times_ours:.1f} times ours"
        yield Row(f"{name}: {rival.what}, p50", figure, rival.cost.p50, None)


def _ports(report: Report) -> Iterator[Row]:
    lateness = report.lateness_ms
    if lateness is not None:
        granted = real_time(lateness.priority)
        first = LATE_P99 if granted else LATE_P99_ORDINARY
        for words, late in (("idle", lateness.idle), ("every core busy", lateness.loaded)):
            yield Row(f"a note's lateness, {words}, p99", _late(late), late.p99, first)
            yield Row(
                f"a note's lateness, {words}, p99.9", f"{late.p999:.3f} ms", late.p999, LATE_P999 if granted else None
            )
    if report.through_ms is not None:
        machine, through = report.machine, report.through_ms
        periods = 2000.0 * machine.period / machine.rate if machine.rate else 0.0
        figure = f"{through.p99:.2f} ms (p50 {through.p50:.2f})"
        yield Row("a key -> its harmony out, p99", figure, through.p99, periods + THROUGH)
    if report.cut_ms is not None:
        cut = report.cut_ms
        yield Row("a key -> the band's note ends, p99", f"{cut.p99:.2f} ms (p50 {cut.p50:.2f})", cut.p99, None)
    if report.knob_ms is not None:
        knob = report.knob_ms
        yield Row("knob -> plan replaced, p99", f"{knob.p99:.1f} ms (p50 {knob.p50:.1f})", knob.p99, KNOB_P99)
    if report.turn_ms is not None:
        turn = report.turn_ms
        yield Row("controller -> a new note sounds, p50", f"{turn.p50:.0f} ms (p99 {turn.p99:.0f})", turn.p50, None)


def _late(late: Late) -> str:
    counts = (
        (late.dropped, "dropped"),
        (late.unsent, "not due in time"),
        (late.lost, "lost"),
        (late.missed_cycles, "cycles missed by JACK"),
    )
    told = "".join(f", {count} {what}" for count, what in counts if count)
    return f"{late.p99:.3f} ms (max {late.max:.3f} of {late.notes}{told})"


def _rates(report: Report) -> Iterator[Row]:
    for name, table, goals in (("hit rate (ISR)", report.isr, ISR), ("the same, fresh (ISRw)", report.isrw, {})):
        for key, rate in table.items():
            ticks = report.isr_ticks.get(key, 0)
            figure = f"{rate:.4f} of {ticks} 16ths" if ticks else f"{rate:.4f}"
            yield Row(f"{name}, {ISR_WORDS.get(key, key)}", figure, rate, goals.get(key), "", least=True)
    for pack, found in report.isr_by_pack.items():
        figure = ", ".join(f"{rate:.4f}" for rate in found.values())
        yield Row(f"  {pack}", figure, min(found.values()), None, "", least=True)


def _manners(report: Report) -> Iterator[Row]:
    if report.idle_cpu_percent is not None:
        above = ""
        if report.idle_cpu is not None and report.idle_cpu.client is not None:
            above = f" ({report.idle_cpu.processes:.2f} - {report.idle_cpu.client:.2f} of an empty client)"
        percent = report.idle_cpu_percent
        yield Row("idle", f"{percent:.2f} % of a core{above}", percent, IDLE_PERCENT, "%")
        if report.idle_cpu is not None:
            for name, each in report.idle_cpu.each.items():
                yield Row(f"  the {name}", f"{each:.2f} %", each, None, "%")
    if report.rss_mb is not None:
        yield Row("memory, three processes", f"{report.rss_mb:.0f} MB", report.rss_mb, MEMORY_MB, "MB")
    if report.ready_s is not None:
        ports = f" (ports after {report.ready.ports:.2f})" if report.ready is not None else ""
        yield Row("ready after", f"{report.ready_s:.2f} s{ports}", report.ready_s, READY_S, "s")
