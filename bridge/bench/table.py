"""The readable form of a report: what was measured, how much, and the goal beside it."""

from bridge.bench.goals import Row, rows
from bridge.bench.report import Report

VERDICTS = {True: "ok", False: "OVER", None: ""}


def table(report: Report) -> str:
    """A report as lines of text."""
    machine = report.machine
    load = "" if machine.load_before is None else f", load {machine.load_before:.1f} before"
    midi = f"{machine.midi}, {machine.period} frames at {machine.rate} Hz" if machine.rate else machine.midi
    lines = [
        f"{machine.cpu}, {machine.cores} cores{load}; {machine.os}",
        f"Python {machine.python}, {machine.onnxruntime}; MIDI through {midi}",
    ]
    if report.lateness_ms is not None:
        lines.append(f"the wire got {report.lateness_ms.priority}; lateness by {report.lateness_ms.stamps}")
    lines.append("")
    lines += _columns(rows(report))
    chosen = {pack: provider for pack, provider in report.best.items() if len(report.span_ms.get(pack, {})) > 1}
    if chosen:
        lines.append("")
        lines += [f"{pack} is quickest here on {provider}" for pack, provider in chosen.items()]
    if report.notes:
        lines += ["", *report.notes]
    return "\n".join(lines)


def _columns(all_rows: list[Row]) -> list[str]:
    first = max((len(row.what) for row in all_rows), default=0)
    second = max((len(row.figure) for row in all_rows), default=0)
    return [
        f"{row.what:<{first}}  {row.figure:<{second}}  {_goal(row):<12}  {VERDICTS[row.ok]}".rstrip()
        for row in all_rows
    ]


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    sign = ">=" if row.least else "<="
    return f"{sign} {row.goal:.4g} {row.unit}".rstrip()
