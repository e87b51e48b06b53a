"""The findings as a picture: for each figure, where people, pack, vamp and floor are, with their intervals."""

from pathlib import Path

from bridge.record.canvas import Box, Canvas, Colour
from export.evaluate.accompany.bootstrap import Estimate
from export.evaluate.accompany.findings import Findings, Group
from export.evaluate.accompany.judgement import CHARTED, HUMAN, MARKOV, PACK, ROWS, SWAPPED, VAMP

WIDTH, LEFT, RIGHT, TOP, LANE, HEAD = 1200, 330, 60, 96, 62, 48
GROUND, PANEL, TEXT, DIM = (250, 250, 248), (238, 238, 234), (30, 34, 40), (120, 124, 130)
COLOURS: dict[str, Colour] = {
    HUMAN: (46, 125, 80),
    PACK: (200, 72, 40),
    CHARTED: (150, 60, 150),
    SWAPPED: (232, 168, 120),
    VAMP: (70, 110, 190),
    MARKOV: (150, 150, 156),
}


def draw(found: Findings, path: Path) -> None:
    """Write the picture as PNG."""
    groups = [
        (title, group)
        for title, group in (("written by people", found.written), ("chords by people", found.others))
        if group is not None
    ]
    lanes = sum(len(_shown(group)) for _, group in groups)
    canvas = Canvas(WIDTH, TOP + lanes * LANE + HEAD * len(groups) + 20, GROUND)
    title = f"{found.pack} · {found.mode} · {found.judged} bars judged, candidates {found.candidates}"
    canvas.write((24, 30), title, TEXT, 22)
    _legend(canvas)
    top = float(TOP)
    for title, group in groups:
        canvas.write((24, top + HEAD / 2), f"{title} ({group.count}: {group.named})", TEXT, 16)
        top += HEAD
        for name, columns in _shown(group).items():
            _lane(canvas, top, name, columns)
            top += LANE
    canvas.finished().save(path)


def _shown(group: Group) -> dict[str, dict[str, Estimate]]:
    found = {}
    for name, columns in (*group.figures.items(), *group.distances.items()):
        known = {row: estimate for row, estimate in columns.items() if estimate is not None}
        if len(known) > 1:
            found[name] = known
    return found


def _legend(canvas: Canvas) -> None:
    x = 24.0
    for row in ROWS:
        canvas.fill(Box(x, 60, x + 18, 72), COLOURS[row], 4)
        canvas.write((x + 26, 66), row, TEXT, 15)
        x += 54 + canvas.width_of(row, 15)


def _lane(canvas: Canvas, top: float, name: str, columns: dict[str, Estimate]) -> None:
    least = min(0.0, *(each.low for each in columns.values()))
    most = max(each.high for each in columns.values()) or 1.0
    wide = WIDTH - LEFT - RIGHT
    canvas.fill(Box(LEFT, top + 4, WIDTH - RIGHT, top + LANE - 4), PANEL, 4)
    canvas.write((24, top + LANE / 2), name, TEXT, 15)
    canvas.write((WIDTH - RIGHT + 6, top + LANE / 2), f"{most:.2f}", DIM, 12)
    for index, (row, each) in enumerate(columns.items()):
        y = top + 10 + index * (LANE - 20) / 4
        low, high, value = (LEFT + (part - least) / (most - least) * wide for part in (each.low, each.high, each.value))
        canvas.fill(Box(low, y - 1, max(high, low + 1), y + 1), COLOURS[row])
        canvas.fill(Box(value - 5, y - 5, value + 5, y + 5), COLOURS[row], 5)
