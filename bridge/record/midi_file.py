"""`jam.mid`: the take as a Standard MIDI File, type 1, one track for the tempo, the player and each voice."""

import math
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import mido
import msgspec

from bridge.music.note import Voice
from bridge.record.take import Take
from bridge.record.timeline import Timeline

TICKS = 480
"""Ticks a beat."""
SAME_TEMPO = 0.001
"""A tempo that moved by a smaller fraction is not written again: a followed clock never stands still."""
SLOWEST_US = 0xFFFFFF
"""Microseconds a beat that the tempo message can hold at most."""


class Part(msgspec.Struct, frozen=True):
    """How a track plays: its name, MIDI channel (from 0) and General MIDI program (from 0)."""

    name: str
    channel: int
    program: int


DRUM_CHANNEL = 9
PLAYER = Part("player", 0, 4)
PARTS = {
    Voice.LEAD: Part("lead", 1, 11),
    Voice.CHORDS: Part("chords", 2, 89),
    Voice.BASS: Part("bass", 3, 33),
    Voice.DRUMS: Part("drums", DRUM_CHANNEL, 0),
    Voice.CLICK: Part("click", DRUM_CHANNEL, 0),
    Voice.GUEST: Part("guest", 4, 0),
}
"""Electric piano for the player; vibraphone, warm pad, fingered bass and the standard kit for the band."""

_OFF, _SET_UP, _ON = range(3)
"""At one tick a note is closed before anything is set up, and that before a note begins."""

Timed = tuple[int, int, mido.Message]
"""Tick, order within the tick, message."""
Stroke = tuple[float, float, int, int]
"""Onset and end in stage beats, pitch, velocity."""


def write_midi(take: Take, path: Path) -> None:
    """Write the take to `path`. Raises OSError where the file cannot be written."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    start = take.start
    file.tracks.append(_track("Antiphon", _conductor(take, start)))
    pedals = [
        (_tick(pedal.beat, start), _SET_UP, mido.Message("control_change", control=64, value=pedal.value))
        for pedal in take.pedals
    ]
    played = ((note.beat, note.end, note.pitch, note.velocity) for note in take.player_notes)
    file.tracks.append(_part(PLAYER, played, start, pedals))
    for voice in take.voices:
        notes = (sent.note for sent in take.band_notes if sent.note.voice == voice)
        strokes = ((note.beat, note.end, note.pitch, note.velocity) for note in notes)
        file.tracks.append(_part(PARTS[voice], strokes, start))
    file.save(path)


def _conductor(take: Take, start: float) -> list[Timed]:
    timed = [*_tempos(take.timeline, start), *_meters(take.timeline, start, take.end)]
    timed += [
        (_tick(marker.beat, start), _SET_UP, mido.MetaMessage("marker", text=marker.text)) for marker in take.markers
    ]
    timed += [
        (_tick(turn.beat, start), _SET_UP, mido.MetaMessage("cue_marker", text=turn.who.value)) for turn in take.turns
    ]
    return timed


def _tempos(timeline: Timeline, start: float) -> Iterable[Timed]:
    written = math.inf
    for stretch in timeline.stretches:
        if abs(stretch.bpm - written) > SAME_TEMPO * stretch.bpm:
            written = stretch.bpm
            tempo = min(round(60_000_000 / stretch.bpm), SLOWEST_US)
            yield _tick(stretch.beat, start), _SET_UP, mido.MetaMessage("set_tempo", tempo=tempo)


def _meters(timeline: Timeline, start: float, end: float) -> Iterable[Timed]:
    for meter, bars in groupby(timeline.bars(start, end), key=lambda bar: bar.meter):
        message = mido.MetaMessage("time_signature", numerator=meter.beats, denominator=meter.unit)
        yield _tick(next(bars).start, start), _SET_UP, message


def _part(part: Part, strokes: Iterable[Stroke], start: float, extra: Iterable[Timed] = ()) -> mido.MidiTrack:
    timed: list[Timed] = [(0, _SET_UP, mido.Message("program_change", program=part.program)), *extra]
    for on, off, pitch, velocity in _untangled(strokes, start):
        timed.append((on, _ON, mido.Message("note_on", note=pitch, velocity=velocity)))
        timed.append((off, _OFF, mido.Message("note_off", note=pitch)))
    for _, _, message in timed:
        message.channel = part.channel
    return _track(part.name, timed)


def _untangled(strokes: Iterable[Stroke], start: float) -> list[tuple[int, int, int, int]]:
    """Strokes -> (on, off, pitch, velocity) in ticks: a key struck again is let go first."""
    by_pitch = sorted(
        (pitch, _tick(onset, start), _tick(end, start), velocity) for onset, end, pitch, velocity in strokes
    )
    apart: list[tuple[int, int, int, int]] = []
    for pitch, on, planned, velocity in by_pitch:
        off = max(planned, on + 1)
        if apart and apart[-1][2] == pitch and apart[-1][1] > on:
            before = apart.pop()
            if before[0] == on:
                apart.append((on, max(off, before[1]), pitch, max(velocity, before[3])))
                continue
            apart.append((before[0], on, pitch, before[3]))
        apart.append((on, off, pitch, velocity))
    return apart


def _track(name: str, timed: Iterable[Timed]) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    now = 0
    for tick, _, message in sorted(timed, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def _tick(beat: float, start: float) -> int:
    return max(0, round((beat - start) * TICKS))
