"""MusicXML 4.0 of what was kept: a part for each voice, all that sounds together as one chord, tied where it goes on.

Time is cut wherever a note begins or ends, and at bar lines, so that any music is written exactly, on a grid of 24
parts of a beat, in a single line of chords and rests. Drums are unpitched, each with an instrument of its own.
"""

from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

from bridge.daw.base import Clip
from bridge.daw.keep import Kept
from bridge.music.key import Key
from bridge.music.note import Voice
from bridge.record.midi_file import PARTS
from bridge.record.timeline import Bar

DIVISIONS = 24
"""Parts of a quarter note."""
FORTE = 90.0
"""Velocity that MusicXML counts as 100 per cent."""
DOCTYPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)

VALUES: tuple[tuple[int, str, int, bool], ...] = (
    (96, "whole", 0, False),
    (72, "half", 1, False),
    (48, "half", 0, False),
    (36, "quarter", 1, False),
    (24, "quarter", 0, False),
    (18, "eighth", 1, False),
    (16, "quarter", 0, True),
    (12, "eighth", 0, False),
    (9, "16th", 1, False),
    (8, "eighth", 0, True),
    (6, "16th", 0, False),
    (4, "16th", 0, True),
    (3, "32nd", 0, False),
    (2, "32nd", 0, True),
    (1, "64th", 0, True),
)
"""Length in parts, its name, its dots, and whether three are played in the time of two."""

SHARPS = (
    ("C", 0),
    ("C", 1),
    ("D", 0),
    ("D", 1),
    ("E", 0),
    ("F", 0),
    ("F", 1),
    ("G", 0),
    ("G", 1),
    ("A", 0),
    ("A", 1),
    ("B", 0),
)
FLATS = (
    ("C", 0),
    ("D", -1),
    ("D", 0),
    ("E", -1),
    ("E", 0),
    ("F", 0),
    ("G", -1),
    ("G", 0),
    ("A", -1),
    ("A", 0),
    ("B", -1),
    ("B", 0),
)
"""Step and alteration of each pitch class."""
FIFTHS = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 5: -1, 10: -2, 3: -3, 8: -4, 1: -5}
"""Tonic of a major key -> sharps, or flats below 0."""
CLEFS = {Voice.BASS: ("F", "4"), Voice.DRUMS: ("percussion", "2")}
TREBLE = ("G", "2")

Stroke = tuple[int, int, int, int]
"""Onset and end in parts, pitch, velocity."""


def write_musicxml(kept: Kept) -> bytes:
    """The whole page, in UTF-8."""
    score = ET.Element("score-partwise", version="4.0")
    _add(_add(score, "identification"), "encoding").append(_text("software", "Antiphon"))
    names = _add(score, "part-list")
    for number, (voice, clip) in enumerate(kept.clips.items(), 1):
        strokes = _strokes(clip)
        _declare(names, f"P{number}", voice, strokes)
        part = _add(score, "part", id=f"P{number}")
        for count, bar in enumerate(kept.bars, 1):
            measure = _add(part, "measure", number=str(count))
            _attributes(measure, kept, voice, kept.bars[count - 2] if count > 1 else None, bar)
            if count == 1:
                measure.append(_tempo(kept.bpm))
            start, end = (round((beat - kept.start) * DIVISIONS) for beat in (bar.start, bar.end))
            for piece in _pieces(strokes, start, end):
                _write(measure, piece, voice, f"P{number}", kept.key)
    page: bytes = ET.tostring(score, encoding="utf-8")
    return DOCTYPE + page.split(b"?>\n", 1)[-1]


class _Piece:
    """A stretch of time, in parts, over which nothing begins or ends, as long as one written value."""

    def __init__(self, start: int, value: tuple[int, str, int, bool], strokes: list[Stroke]) -> None:
        self.start, self.value, self.strokes = start, value, strokes
        self.end = start + value[0]


def _strokes(clip: Clip) -> list[Stroke]:
    """Notes on the grid; a key that is struck again is let go first, and two strokes at one place are one."""
    placed: dict[tuple[int, int], tuple[int, int]] = {}
    for note in clip.notes:
        on, off = round(note.beat * DIVISIONS), round((note.beat + note.duration) * DIVISIONS)
        placed[note.pitch, on] = (max(off, on + 1), note.velocity)
    strokes: list[Stroke] = []
    for (pitch, on), (off, velocity) in sorted(placed.items()):
        if strokes and strokes[-1][2] == pitch and strokes[-1][1] > on:
            before = strokes.pop()
            strokes.append((before[0], on, pitch, before[3]))
        strokes.append((on, min(off, round(clip.beats * DIVISIONS)), pitch, velocity))
    return sorted(stroke for stroke in strokes if stroke[0] < stroke[1])


def _pieces(strokes: list[Stroke], start: int, end: int) -> Iterator[_Piece]:
    """A bar, cut up."""
    cuts = sorted({start, end, *(at for stroke in strokes for at in stroke[:2] if start < at < end)})
    for begin, stop in pairwise(cuts):
        sounding = [stroke for stroke in strokes if stroke[0] <= begin < stroke[1]]
        at = begin
        while at < stop:
            value = next(value for value in VALUES if value[0] <= stop - at)
            yield _Piece(at, value, sounding)
            at += value[0]


def _write(measure: ET.Element, piece: _Piece, voice: Voice, part: str, key: Key | None) -> None:
    length, kind, dots, triplet = piece.value
    for index, stroke in enumerate(piece.strokes or [None]):
        note = _add(measure, "note")
        if stroke is None:
            _add(note, "rest")
        else:
            on, off, pitch, velocity = stroke
            note.set("dynamics", f"{velocity / FORTE * 100:.2f}")
            if index:
                _add(note, "chord")
            _sound(note, pitch, voice, key)
        note.append(_text("duration", str(length)))
        ties = [] if stroke is None else _ties(piece, on, off)
        for tie in ties:
            _add(note, "tie", type=tie)
        if stroke is not None and voice is Voice.DRUMS:
            _add(note, "instrument", id=f"{part}-I{pitch}")
        note.append(_text("voice", "1"))
        note.append(_text("type", kind))
        for _ in range(dots):
            _add(note, "dot")
        if triplet:
            change = _add(note, "time-modification")
            change.append(_text("actual-notes", "3"))
            change.append(_text("normal-notes", "2"))
        if ties:
            notations = _add(note, "notations")
            for tie in ties:
                _add(notations, "tied", type=tie)


def _ties(piece: _Piece, on: int, off: int) -> list[str]:
    return ["stop"] * (on < piece.start) + ["start"] * (off > piece.end)


def _sound(note: ET.Element, pitch: int, voice: Voice, key: Key | None) -> None:
    step, alter = (FLATS if fifths(key) < 0 else SHARPS)[pitch % 12]
    drum = voice is Voice.DRUMS
    place = _add(note, "unpitched" if drum else "pitch")
    place.append(_text("display-step" if drum else "step", step))
    if alter and not drum:
        place.append(_text("alter", str(alter)))
    place.append(_text("display-octave" if drum else "octave", str(pitch // 12 - 1)))


def fifths(key: Key | None) -> int:
    """Sharps, or flats below 0, of a key's signature: that of the major key with the same notes, or the nearest."""
    if key is None:
        return 0
    notes = frozenset(key.pitch_classes)
    fit = {tonic: len(notes & frozenset(Key(tonic).pitch_classes)) for tonic in FIFTHS}
    own = (key.tonic + 3) % 12 if key.minor else key.tonic
    best = max(fit, key=lambda tonic: (fit[tonic], tonic == own))
    return FIFTHS[best if fit[best] == len(notes) and fit[own] < len(notes) else own]


def _declare(names: ET.Element, part: str, voice: Voice, strokes: list[Stroke]) -> None:
    """The part's name and sound; a drum voice has an instrument for each drum."""
    plays = PARTS[voice]
    entry = _add(names, "score-part", id=part)
    entry.append(_text("part-name", plays.name))
    pitches = sorted({stroke[2] for stroke in strokes}) if voice is Voice.DRUMS else [-1]
    idents = {pitch: f"{part}-I{max(pitch, 0)}" for pitch in pitches}
    for pitch, ident in idents.items():
        _add(entry, "score-instrument", id=ident).append(
            _text("instrument-name", plays.name if pitch < 0 else f"drum {pitch}")
        )
    for pitch, ident in idents.items():
        sound = _add(entry, "midi-instrument", id=ident)
        sound.append(_text("midi-channel", str(plays.channel + 1)))
        if pitch >= 0:
            sound.append(_text("midi-unpitched", str(pitch + 1)))  # counted from 1
        else:
            sound.append(_text("midi-program", str(plays.program + 1)))


def _attributes(measure: ET.Element, kept: Kept, voice: Voice, before: Bar | None, bar: Bar) -> None:
    if before is not None and before.meter == bar.meter:
        return
    about = _add(measure, "attributes")
    if before is None:
        about.append(_text("divisions", str(DIVISIONS)))
        if voice is not Voice.DRUMS:
            _add(about, "key").append(_text("fifths", str(fifths(kept.key))))
    time = _add(about, "time")
    time.append(_text("beats", str(bar.meter.beats)))
    time.append(_text("beat-type", str(bar.meter.unit)))
    if before is None:
        sign, line = CLEFS.get(voice, TREBLE)
        clef = _add(about, "clef")
        clef.append(_text("sign", sign))
        clef.append(_text("line", line))


def _tempo(bpm: float) -> ET.Element:
    direction = ET.Element("direction", placement="above")
    metronome = _add(_add(direction, "direction-type"), "metronome")
    metronome.append(_text("beat-unit", "quarter"))
    metronome.append(_text("per-minute", f"{bpm:.2f}"))
    _add(direction, "sound", tempo=f"{bpm:.3f}")
    return direction


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _text(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element
