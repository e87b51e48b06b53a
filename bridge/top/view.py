"""What `antiphon top` shows: the status as lines of a terminal, from nothing but values."""

import unicodedata
from collections.abc import Mapping, Sequence

from bridge.osc.packet import Argument

PLAIN, BOLD, DIM, AMBER, TEAL, RED, GREEN = "0", "1", "2", "33", "36", "1;31", "32"
BARS = "▁▂▃▄▅▆▇█"
LABEL = 11
"""Columns of the names at the left."""

Piece = tuple[str, str]
"""A colour and a text."""
Status = Mapping[str, Argument]


class History:
    """The last values of what is drawn as a line."""

    def __init__(self, length: int = 120) -> None:
        self._length = length
        self.values: dict[str, list[float]] = {}

    def add(self, status: Status) -> None:
        """Take in a status."""
        for name in ("note_ms", "hit_rate", "late_p99_ms"):
            self.values.setdefault(name, []).append(_number(status, name))
            del self.values[name][: -self._length]


def screen(status: Status, history: History, where: str, width: int, height: int) -> list[str]:
    """The lines of a screen, none wider than `width` columns nor more than `height`, colours apart."""
    return [_line(pieces, width) for pieces in _pieces(status, history, where, width)[: max(height, 1)]]


def away(where: str, width: int) -> list[str]:
    """What is shown while no daemon answers."""
    return [
        _line([(RED, f"no daemon answers at {where}")], width),
        _line([(DIM, "waiting for it; q quits")], width),
    ]


def spark(values: Sequence[float], width: int, top: float | None = None) -> str:
    """A line of blocks, one for each of the last `width` values, the highest for `top` (or the most there is)."""
    shown = list(values)[-max(width, 0) :] if width > 0 else []
    most = max(max(shown, default=0.0), 1e-9) if top is None else top
    last = len(BARS) - 1
    return "".join(BARS[min(max(round(value / most * last), 0), last)] for value in shown)


def _pieces(status: Status, history: History, where: str, width: int) -> list[list[Piece]]:
    playing = bool(status.get("playing"))
    who = str(status.get("who", "nobody"))
    room = max(width - LABEL - 22, 0)
    rival = str(status.get("clock_rival", ""))
    asked, got = str(status.get("asked", "")), str(status.get("provider", "none"))
    fallen = bool(asked) and asked not in ("auto", got)
    dropped, restarts = int(_number(status, "dropped")), int(_number(status, "restarts"))
    lines: list[list[Piece]] = [
        [
            (BOLD, "Antiphon "),
            (DIM, f"at {where}  "),
            (GREEN if playing else DIM, "playing" if playing else "stopped"),
            (DIM, "   l likes, d dislikes what the band just played, u takes it back; q quits"),
        ],
        [],
        _named("song", [(BOLD, f"bar {status.get('bar', '?')}.{status.get('beat', '?')}"), (PLAIN, _tempo(status))]),
        _named("clock", [(PLAIN, f"{status.get('clock', '?')}, {_number(status, 'clock_error_ms'):.2f} ms off")]),
        _named("playing", [(_colour(who), {"player": "you", "both": "you and the band"}.get(who, who))]),
        _named("mode", [(PLAIN, f"{status.get('mode', '?')}")]),
        _named("harmony", [(PLAIN, _harmony(status))]),
        [],
        _named("engine", [(RED if fallen else PLAIN, f"{status.get('pack', '?')} on {got}")]),
        _plot("a note", f"{_number(status, 'note_ms'):.2f} ms", spark(history.values.get("note_ms", []), room), TEAL),
        _plot(
            "in time", f"{_number(status, 'hit_rate'):.1%}", spark(history.values.get("hit_rate", []), room, 1), GREEN
        ),
        _plot(
            "lateness",
            f"{_number(status, 'late_p99_ms'):.2f} ms p99",
            spark(history.values.get("late_p99_ms", []), room),
            AMBER,
        ),
        _named("settled", [(PLAIN, f"{_number(status, 'commit_ms'):.0f} ms ahead")]),
        [],
        _named("ports", [(PLAIN, f"{status.get('ports', '?')}; {status.get('priority', '')}")]),
        _named("notes", [(PLAIN, f"{int(_number(status, 'notes'))} sent, "), _count(dropped, "dropped as too late")]),
        _named("restarts", [_count(restarts, "of the engine")]),
    ]
    if status.get("texture"):
        drops = int(_number(status, "texture_underruns"))
        load = f"{status['texture']}, {_number(status, 'texture_load'):.1%} of real time, "
        lines.append(_named("texture", [(PLAIN, load), _count(drops, "drop-outs")]))
    if rival:
        lines.insert(4, _named("", [(RED, f"{rival} plays too and disagrees")]))
    if fallen:
        lines.insert(9 + bool(rival), _named("", [(RED, f"asked for {asked}: `antiphon doctor` says why not")]))
    return lines


def _named(name: str, pieces: list[Piece]) -> list[Piece]:
    return [(DIM, f"{name:<{LABEL}}"), *pieces]


def _plot(name: str, value: str, line: str, colour: str) -> list[Piece]:
    return _named(name, [(BOLD, f"{value:<16}"), (colour, line)])


def _count(count: int, what: str) -> Piece:
    return (RED if count else DIM, f"{count} {what}")


def _tempo(status: Status) -> str:
    return f"   {_number(status, 'tempo'):g} BPM, {status.get('meter', '')}"


def _harmony(status: Status) -> str:
    chord, key = status.get("chord"), status.get("key")
    return " in ".join(str(part) for part in (chord, key) if part) or "listening"


def _colour(who: str) -> str:
    return {"player": AMBER, "band": TEAL, "both": GREEN}.get(who, DIM)


def _number(status: Status, name: str) -> float:
    value = status.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


def _line(pieces: Sequence[Piece], width: int) -> str:
    """The pieces with their colours, as much as fits; what a name might smuggle in does no harm."""
    line, left = "", width
    for colour, text in pieces:
        shown = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")[: max(left, 0)]
        left -= len(shown)
        if shown:
            line += f"\x1b[{colour}m{shown}\x1b[0m"
    return line
