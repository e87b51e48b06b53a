"""A jam on one screen, for the person who played it: what happened, where it is kept, what to mend."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.record.summary import Summary

LATE_MS = 10.0
"""A p99 of send lateness above this, in milliseconds, can be heard."""
GOOD_HIT_RATE = 0.98
"""A lower share of asks answered in time is worth a word."""

ADVICE: tuple[tuple[Callable[[Summary], bool], str], ...] = (
    (
        lambda s: s.ports == "loopback",
        "This was the built-in loopback, which no other program hears; `antiphon ports` says what else there is.",
    ),
    (
        lambda s: s.notes_player == 0,
        "The player's notes did not arrive: connect a keyboard to Antiphon's port `in`.",
    ),
    (
        lambda s: s.notes_band == 0,
        "The band played nothing: leave a beat of silence after a phrase, or try `--mode trade`.",
    ),
    (
        lambda s: s.notes_vamp > 0 and s.notes_vamp == s.notes_band,
        "Only the rule-based vamp played, not the model: `antiphon models` says what is wrong.",
    ),
    (
        lambda s: s.stuck_notes > 0,
        "{s.stuck_notes} notes got no note-off, a fault of ours: please report it with this folder.",
    ),
    (
        lambda s: s.dropped_late > 0,
        "{s.dropped_late} notes came too late and were left out: close busy programs.",
    ),
    (
        lambda s: s.lateness_ms.p99 > LATE_MS,
        "Notes left up to {s.lateness_ms.max:.0f} ms late: close busy programs, allow real-time priority.",
    ),
    (
        lambda s: s.hit_rate is not None and s.hit_rate < GOOD_HIT_RATE,
        "The model was late for {missed:.1%} of its asks: take a smaller pack, or a faster provider.",
    ),
    (
        lambda s: s.engine_restarts > 0,
        "The model's process failed and was started again ({s.engine_restarts} times): the log says why.",
    ),
)
"""What can be wrong with a jam -> what to tell the player about it."""


def advice(summary: Summary) -> tuple[str, ...]:
    """A sentence for everything that was not as it should be; empty after a good jam."""
    missed = 1.0 - (1.0 if summary.hit_rate is None else summary.hit_rate)
    return tuple(text.format(s=summary, missed=missed) for wrong, text in ADVICE if wrong(summary))


def headline(summary: Summary) -> str:
    """One line: how long, how fast, in which key and mode."""
    minutes, seconds = divmod(round(summary.seconds), 60)
    parts = (
        f"{summary.bars} bars in {minutes}:{seconds:02}",
        f"{summary.tempo:g} BPM",
        summary.key,
        summary.mode,
    )
    return "A jam of " + ", ".join(part for part in parts if part)


def screen(summary: Summary, files: Sequence[tuple[Path, str]] = ()) -> str:
    """The summary as text of one screen; `files` are what was written, each with a word on what it is."""
    model = summary.notes_band - summary.notes_vamp
    rows = (
        ("the player", f"{summary.notes_player} notes"),
        ("the band", f"{summary.notes_band} notes: {model} by the model, {summary.notes_vamp} by rule"),
        ("the model", _model(summary)),
        ("answers in time", "nothing was asked" if summary.hit_rate is None else f"{summary.hit_rate:.1%}"),
        ("notes left", _lateness(summary)),
        ("left sounding", "nothing" if summary.stuck_notes == 0 else f"{summary.stuck_notes} notes"),
    )
    lines = ["", headline(summary), "", *(f"  {label:<16} {text}" for label, text in rows)]
    if files:
        width = max(len(str(path)) for path, _ in files)
        lines += ["", *(f"  {path!s:<{width}}  {what}" for path, what in files)]
    wrong = advice(summary)
    lines += ["", *(f"  ! {text}" for text in wrong)] if wrong else ["", "  All went well."]
    return "\n".join(lines) + "\n"


def _model(summary: Summary) -> str:
    speed = f", {summary.note_ms.p50:.2f} ms a note" if summary.note_ms.p50 > 0 else ""
    return f"{summary.pack or 'none'} on {summary.provider or 'nothing'}{speed}, seed {summary.seed}"


def _lateness(summary: Summary) -> str:
    late = summary.lateness_ms
    return f"{late.p50:.2f} ms late (p99 {late.p99:.2f}, at worst {late.max:.2f}) through {summary.ports}"
