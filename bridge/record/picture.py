"""`jam.png`: the take as a piano roll of call and answer."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from PIL import Image

from bridge.music.note import Voice
from bridge.music.turn import Who
from bridge.record.canvas import Box, Canvas, Colour, mixed
from bridge.record.layout import Row, Scale, pitch_range, rows
from bridge.record.summary import Summary
from bridge.record.take import Origin, Take, Turn
from bridge.record.timeline import SAME_BEAT, Timeline

BACKGROUND: Colour = (14, 17, 23)
PANEL: Colour = (24, 28, 38)
BLACK_KEY: Colour = (19, 23, 31)
BEAT_LINE: Colour = (44, 51, 67)
BAR_LINE: Colour = (76, 86, 108)
OCTAVE_LINE: Colour = (54, 62, 80)
TEXT: Colour = (232, 235, 242)
DIM: Colour = (139, 148, 168)
NEWS: Colour = (226, 205, 120)

PLAYER: Colour = (255, 184, 84)
VOICES: dict[Voice, Colour] = {
    Voice.LEAD: (92, 200, 255),
    Voice.CHORDS: (170, 140, 255),
    Voice.BASS: (84, 220, 140),
    Voice.DRUMS: (244, 120, 182),
    Voice.CLICK: (150, 156, 170),
    Voice.GUEST: (255, 214, 150),
}
TURNS: dict[Who, Colour] = {
    Who.PLAYER: PLAYER,
    Who.BAND: VOICES[Voice.LEAD],
    Who.BOTH: mixed(PLAYER, VOICES[Voice.LEAD], 0.5),
}
"""Turns that are shaded; when nobody plays, the ground stays dark."""
TINT = 0.05
"""Share of a turn's colour in the ground under it."""
BLACK_KEYS = (1, 3, 6, 8, 10)
UNPITCHED = (Voice.DRUMS, Voice.CLICK)

WIDTH = 1920
LEFT, RIGHT = 64, 28
HEADER = 104
NUMBERS = 22
"""Height of the strip with bar numbers, tempo changes and markers."""
STRIP = 18
"""Height of the strip that says whose turn it is."""
GAP = 26
HIT = 10
"""Height of a drum's line."""
SEMITONES = ((1, 12), (4, 10), (8, 7), (12, 5))
"""Up to this many rows -> height of a semitone."""
NUMBER_ROOM = 34
"""A bar number for every bar needs bars at least this wide."""
NEW_TEMPO = 0.01
"""Fraction by which the tempo must change to be written into the picture."""


class Mark(msgspec.Struct, frozen=True):
    """A note to draw: beats, its line (a pitch, or a drum's from 0), colour, velocity, whether by rule."""

    start: float
    end: float
    line: int
    colour: Colour
    velocity: int
    by_rule: bool = False


class Label(msgspec.Struct, frozen=True):
    """Words over the music at a stage beat: a change of tempo, or a marker."""

    beat: float
    text: str


class Score(msgspec.Struct, frozen=True):
    """What every row of the picture is drawn from."""

    pitched: tuple[Mark, ...]
    drums: tuple[Mark, ...]
    turns: tuple[tuple[Turn, float], ...]
    """Turns and the beats at which they end."""
    labels: tuple[Label, ...]
    low: int
    high: int
    drum_lines: int


class Place(msgspec.Struct, frozen=True):
    """Where a row is drawn: heights of its strips in pixels from the top of the picture, and its scale."""

    row: Row
    scale: Scale
    top: float
    semitone: float
    floor: float
    """Where the pitches end and the drums begin."""
    bottom: float

    @property
    def strip(self) -> float:
        """Top of the strip that says whose turn it is."""
        return self.top + NUMBERS

    @property
    def ground(self) -> float:
        """Top of the pitches."""
        return self.strip + STRIP

    @property
    def right(self) -> float:
        """Where the music ends."""
        return self.scale.x(self.row.stop)

    def spans(self, start: float, end: float) -> tuple[float, float] | None:
        """Left and right of a span of beats as far as it lies in this row; None where it does not."""
        if end <= self.row.start or start >= self.row.stop:
            return None
        return self.scale.x(start), self.scale.x(min(end, self.row.stop))


def write_picture(take: Take, summary: Summary, path: Path) -> None:
    """Draw the take to `path` as PNG. Raises OSError where the file cannot be written."""
    draw(take, summary).save(path, format="PNG")


def draw(take: Take, summary: Summary) -> Image.Image:
    """The whole picture, 1920 pixels wide and as high as the take needs."""
    timeline = take.timeline
    score = score_of(take, timeline)
    systems = rows(timeline.bars(take.start, max(take.end, take.start + 1e-3)))
    semitone = next(height for most, height in SEMITONES if len(systems) <= most)
    roll = (score.high - score.low + 1) * semitone
    lane = score.drum_lines * HIT + 8 if score.drum_lines else 0
    tall = NUMBERS + STRIP + roll + lane
    canvas = Canvas(WIDTH, HEADER + len(systems) * (tall + GAP), BACKGROUND)
    _header(canvas, take, summary)
    for index, row in enumerate(systems):
        top = HEADER + index * (tall + GAP)
        scale = Scale(LEFT, WIDTH - LEFT - RIGHT, row.start, row.end)
        _row(canvas, Place(row, scale, top, semitone, top + tall - lane, top + tall), score)
    return canvas.finished()


def score_of(take: Take, timeline: Timeline) -> Score:
    """Sort the take into marks, turns and labels; the player's notes last, so that nothing hides them."""
    hits = sorted({sent.note.pitch for sent in take.band_notes if sent.note.voice in UNPITCHED})
    pitched: list[Mark] = []
    drums: list[Mark] = []
    for sent in take.band_notes:
        note, by_rule = sent.note, sent.origin is Origin.VAMP
        unpitched = note.voice in UNPITCHED
        line = hits.index(note.pitch) if unpitched else note.pitch
        mark = Mark(note.beat, note.end, line, VOICES[note.voice], note.velocity, by_rule)
        (drums if unpitched else pitched).append(mark)
    # Chords lie lowest, so that a melody is never hidden.
    pitched.sort(key=lambda mark: mark.colour != VOICES[Voice.CHORDS])
    pitched += [Mark(note.beat, note.end, note.pitch, PLAYER, note.velocity) for note in take.player_notes]
    low, high = pitch_range(mark.line for mark in pitched)
    turns = take.turns
    ends = [*(turn.beat for turn in turns[1:]), take.end]
    return Score(
        pitched=tuple(pitched),
        drums=tuple(drums),
        turns=tuple(zip(turns, ends, strict=False)),
        labels=(*_tempo_labels(timeline), *(Label(marker.beat, marker.text) for marker in take.markers)),
        low=low,
        high=high,
        drum_lines=len(hits),
    )


def _tempo_labels(timeline: Timeline) -> Iterator[Label]:
    shown = timeline.stretches[0].bpm
    for stretch in timeline.stretches[1:]:
        if abs(stretch.bpm - shown) > NEW_TEMPO * shown:
            shown = stretch.bpm
            yield Label(stretch.beat, f"{shown:.0f} BPM")


def _header(canvas: Canvas, take: Take, summary: Summary) -> None:
    timeline = take.timeline
    title = f"Antiphon · {summary.mode} in {summary.key}" if summary.key else f"Antiphon · {summary.mode}"
    canvas.write((LEFT, 34), title, TEXT, 30)
    tempos = [round(stretch.bpm) for stretch in timeline.stretches]
    tempo = f"{tempos[0]}" if min(tempos) == max(tempos) else f"{min(tempos)} to {max(tempos)}"
    minutes, seconds = divmod(round(summary.seconds), 60)
    facts = (
        f"{tempo} BPM",
        str(timeline.at(take.start).meter),
        f"{summary.bars} bars",
        f"{minutes}:{seconds:02}",
        f"pack {summary.pack or 'none'}",
        f"provider {summary.provider or 'none'}",
        f"seed {summary.seed}",
    )
    canvas.write((LEFT, 70), "   ·   ".join(facts), DIM, 16)
    _legend(canvas, take)


def _legend(canvas: Canvas, take: Take) -> None:
    entries = [("player", PLAYER), *((voice.value, VOICES[voice]) for voice in take.voices)]
    by_rule = any(sent.origin is Origin.VAMP for sent in take.band_notes)
    if by_rule:
        entries.append(("by rule (vamp)", DIM))
    widths = [58 + canvas.width_of(name, 16) for name, _ in entries]
    x = WIDTH - RIGHT - sum(widths) + 28
    for (name, colour), width in zip(entries, widths, strict=True):
        box = Box(x, 28, x + 22, 40)
        if by_rule and colour is DIM:
            canvas.hatch(box, colour, PANEL, 3)
        else:
            canvas.fill(box, colour, 3)
        canvas.write((x + 30, 34), name, TEXT, 16)
        x += width


def _row(canvas: Canvas, place: Place, score: Score) -> None:
    _ground(canvas, place, score)
    if score.drum_lines:
        canvas.fill(Box(LEFT, place.floor + 4, place.right, place.bottom), PANEL)
        canvas.write((LEFT - 8, (place.floor + 4 + place.bottom) / 2), "drums", DIM, 12, "rm")
    _shade(canvas, place, score)
    _grid(canvas, place)
    _write_labels(canvas, place, score)
    _marks(canvas, place, score.pitched, lambda line: place.floor - (line - score.low + 1) * place.semitone)
    _marks(canvas, place, score.drums, lambda line: place.bottom - 2 - (line + 1) * HIT)


def _ground(canvas: Canvas, place: Place, score: Score) -> None:
    """The keys under the music, with C named."""
    _keys(canvas, place, score, Box(LEFT, place.ground, place.right, place.floor))
    for pitch in range(-(-score.low // 12) * 12, score.high + 1, 12):
        bottom = place.floor - (pitch - score.low) * place.semitone
        canvas.write((LEFT - 8, bottom - place.semitone / 2), f"C{pitch // 12 - 1}", DIM, 13, "rm")


def _keys(canvas: Canvas, place: Place, score: Score, box: Box, tint: Colour = PANEL) -> None:
    canvas.fill(box, mixed(tint, PANEL, TINT))
    for pitch in range(score.low, score.high + 1):
        bottom = place.floor - (pitch - score.low) * place.semitone
        if pitch % 12 in BLACK_KEYS:
            black = mixed(tint, BLACK_KEY, TINT)
            canvas.fill(Box(box.left, bottom - place.semitone, box.right, bottom), black)
        elif pitch % 12 == 0:
            canvas.across(box.left, box.right, bottom, OCTAVE_LINE)


def _shade(canvas: Canvas, place: Place, score: Score) -> None:
    """Colour the turns: a strip with a name over the music, and a breath of the same colour under it."""
    for turn, end in score.turns:
        span = place.spans(turn.beat, end)
        if span is None or turn.who not in TURNS:
            continue
        left, right = span
        colour = TURNS[turn.who]
        strip = Box(left + 1, place.strip + 2, right - 1, place.ground - 2)
        canvas.fill(strip, mixed(colour, BACKGROUND, 0.34), 3)
        canvas.across(left, right, place.ground - 1, colour)
        _keys(canvas, place, score, Box(left, place.ground, right, place.floor), colour)
        if right - left > canvas.width_of(turn.who.value, 12) + 16:
            canvas.write((left + 8, place.strip + STRIP / 2 - 1), turn.who.value, colour, 12)


def _grid(canvas: Canvas, place: Place) -> None:
    x = place.scale.x
    for bar in place.row.bars:
        pulse = bar.meter.pulse
        if x(bar.start + pulse) - x(bar.start) > 7:
            for count in range(1, round((bar.end - bar.start) / pulse + 0.5)):
                if bar.start + count * pulse < bar.end:
                    canvas.down(x(bar.start + count * pulse), place.ground, place.bottom, BEAT_LINE)
        canvas.down(x(bar.start), place.strip, place.bottom, BAR_LINE)
    canvas.down(place.right, place.strip, place.bottom, BAR_LINE)


def _write_labels(canvas: Canvas, place: Place, score: Score) -> None:
    """Bar numbers, and the labels in front of them: a number that would lie under a label is left out."""
    middle = place.top + NUMBERS / 2
    taken: list[tuple[float, float]] = []
    for label in score.labels:
        if not place.row.start <= label.beat < place.row.stop:
            continue
        x = place.scale.x(label.beat)
        numbered = any(abs(bar.start - label.beat) < SAME_BEAT for bar in place.row.bars)
        wide = canvas.width_of(label.text, 13)
        left = min(x + (30 if numbered else 6), WIDTH - RIGHT - wide)
        canvas.down(x, place.top + 4, place.bottom, mixed(NEWS, PANEL, 0.6))
        canvas.write((left, middle), label.text, NEWS, 13)
        taken.append((left, left + wide))
    every = 1 if place.scale.width / len(place.row.bars) >= NUMBER_ROOM else 4
    for bar in place.row.bars:
        x = place.scale.x(bar.start) + 2
        number = str(bar.number + 1)
        wide = canvas.width_of(number, 13)
        if bar.number % every == 0 and not any(left < x + wide and x < right for left, right in taken):
            canvas.write((x, middle), number, DIM, 13)


def _marks(canvas: Canvas, place: Place, marks: Iterable[Mark], top_of: Callable[[int], float]) -> None:
    """Draw notes; `top_of` answers the top of a line, and the next line's is the height of a note away."""
    height = abs(top_of(1) - top_of(0)) - 1
    for mark in marks:
        span = place.spans(mark.start, mark.end)
        if span is None:
            continue
        left, right = span
        top = top_of(mark.line)
        box = Box(left, top, max(left + 3, right - 1), top + height)
        colour = mixed(mark.colour, PANEL, 0.4 + 0.6 * mark.velocity / 127)
        if mark.by_rule:
            canvas.hatch(box, colour, PANEL, 2)
        else:
            canvas.fill(box, colour, 2)
