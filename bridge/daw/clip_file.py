"""A clip as a Standard MIDI File of one track, to be dragged into any program."""

from pathlib import Path

import mido

from bridge.daw.base import Clip
from bridge.errors import DawError
from bridge.music.meter import Meter
from bridge.record.midi_file import SLOWEST_US, TICKS, Part

PLAIN = Part("clip", 0, 0)


def write_clip_file(clip: Clip, path: Path, part: Part = PLAIN, bpm: float = 120.0, meter: Meter | None = None) -> Path:
    """Write it, type 0, and answer the path. Raises DawError where it cannot be written."""
    meter = meter or Meter()
    start = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name=clip.name),
            mido.MetaMessage("set_tempo", tempo=min(round(60_000_000 / bpm), SLOWEST_US)),
            mido.MetaMessage("time_signature", numerator=meter.beats, denominator=meter.unit),
        ]
    )
    timed = []
    for note in clip.notes:
        on, off = round(note.beat * TICKS), round((note.beat + note.duration) * TICKS)
        timed.append((on, 1, mido.Message("note_on", channel=part.channel, note=note.pitch, velocity=note.velocity)))
        timed.append((max(off, on + 1), 0, mido.Message("note_off", channel=part.channel, note=note.pitch)))
    now = 0
    for tick, _, message in sorted(timed, key=lambda event: event[:2]):
        start.append(message.copy(time=tick - now))
        now = tick
    start.append(mido.MetaMessage("end_of_track", time=max(round(clip.beats * TICKS) - now, 0)))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(start)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(path)
    except OSError as error:
        raise DawError(f"cannot write {path} ({error.strerror}); set `folder` under [daw]") from None
    return path
