"""The picture of a report: how much of what each goal allows is used up, on a scale of tens."""

import math
from pathlib import Path

from bridge.bench.goals import Row, rows
from bridge.bench.report import Report
from bridge.errors import SettingsError
from bridge.music.note import Voice
from bridge.record.canvas import Box, Canvas
from bridge.record.picture import BACKGROUND, BAR_LINE, BEAT_LINE, DIM, PANEL, TEXT, VOICES

OK, OVER = VOICES[Voice.BASS], VOICES[Voice.DRUMS]
WIDTH = 1280
LEFT, RIGHT = 470, 220
"""Pixels for the names and for the figures beside the bars."""
TOP, BOTTOM = 96, 28
LINE = 34
BAR = 16
SMALLEST, LARGEST = 0.001, 10.0
"""Shares of a goal at which the scale begins and ends."""


def write_plot(report: Report, path: Path) -> None:
    """Draw a report as a PNG file. Raises SettingsError where the file cannot be written."""
    shown = [row for row in rows(report) if row.goal is not None]
    canvas = Canvas(WIDTH, TOP + LINE * max(len(shown), 1) + BOTTOM, BACKGROUND)
    machine = report.machine
    canvas.write((28, 32), "Antiphon bench: how much of each goal is used up", TEXT, 22)
    canvas.write((28, 62), f"{machine.cpu}, {machine.cores} cores; MIDI through {machine.midi}", DIM, 15)
    bottom = TOP + LINE * len(shown)
    for power in range(round(math.log10(SMALLEST)), round(math.log10(LARGEST)) + 1):
        x = _x(10.0**power)
        canvas.down(x, TOP, bottom, BAR_LINE if power == 0 else BEAT_LINE)
        canvas.write((x, TOP - 12), "the goal" if power == 0 else f"{10.0**power:g}", DIM, 13, "mm")
    for index, row in enumerate(shown):
        _draw(canvas, row, TOP + LINE * index)
    try:
        canvas.finished().save(path, "PNG")
    except OSError as error:
        raise SettingsError(f"the picture cannot be written to {path} ({error.strerror or error})") from None


def _draw(canvas: Canvas, row: Row, top: float) -> None:
    middle = top + LINE / 2
    colour = OK if row.ok else OVER
    canvas.write((LEFT - 16, middle), row.what, TEXT, 15, "rm")
    canvas.fill(Box(LEFT, middle - BAR / 2, WIDTH - RIGHT, middle + BAR / 2), PANEL, 4)
    canvas.fill(Box(LEFT, middle - BAR / 2, _x(row.share), middle + BAR / 2), colour, 4)
    canvas.write((WIDTH - RIGHT + 16, middle), row.figure.partition(" (")[0], colour, 15)


def _x(share: float) -> float:
    """Where a share of a goal lies, held within the scale."""
    first, last = math.log10(SMALLEST), math.log10(LARGEST)
    power = math.log10(min(max(share, SMALLEST), LARGEST))
    return LEFT + (WIDTH - RIGHT - LEFT) * (power - first) / (last - first)
