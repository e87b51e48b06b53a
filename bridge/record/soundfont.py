"""Sound through a SoundFont, where the `soundfont` extra is installed."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bridge.errors import SettingsError
from bridge.music.note import Voice
from bridge.record.midi_file import DRUM_CHANNEL, PARTS, PLAYER
from bridge.record.room import Stereo
from bridge.record.take import Take
from bridge.record.timbre import RATE

BLOCK = 1 << 16
"""Samples that are rendered at a time."""
GAIN_DB = -3.0
"""A full band through a SoundFont at its own level would clip."""

_OFF, _PEDAL, _ON = range(3)
"""At one moment notes are closed first, then the pedal moves, then notes begin."""

Event = tuple[int, int, int, int, int]
"""Sample, kind, channel, pitch (or pedal value), velocity."""


def check_soundfont(path: Path) -> None:
    """Load the SoundFont and let it go again. Raises SettingsError with what is missing or wrong."""
    _loaded(path)


def blocks(take: Take, path: Path, samples: int) -> Iterator[Stereo]:
    """The take played by a SoundFont, in blocks that add up to `samples`. Raises SettingsError."""
    return _rendered(_loaded(path), _events(take), samples)


def _loaded(path: Path) -> Any:
    try:
        tinysoundfont = import_module("tinysoundfont")
    except ImportError:
        raise SettingsError(
            "a SoundFont needs the package tinysoundfont: `pip install --no-deps tinysoundfont`"
        ) from None
    if not path.is_file():
        raise SettingsError(f"there is no SoundFont at {path}; give the path of an .sf2 or .sf3 file")
    synth = tinysoundfont.Synth(gain=GAIN_DB, samplerate=RATE)
    try:
        font = synth.sfload(str(path))
    except Exception as error:
        raise SettingsError(f"{path} is no SoundFont ({error}); give an .sf2 or .sf3") from None
    for part in (PLAYER, *PARTS.values()):
        _choose(synth, font, part.channel, part.program)
    return synth


def _choose(synth: Any, font: int, channel: int, program: int) -> None:
    """Take the part's program, else the first: a small font need not have the whole of General MIDI."""
    drums = channel == DRUM_CHANNEL
    for preset in (program, 0):
        try:
            synth.program_select(channel, font, 128 if drums else 0, preset, drums)
        except RuntimeError:
            continue
        return


def _events(take: Take) -> list[Event]:
    timeline = take.timeline
    start = timeline.seconds(take.start)

    def sample(beat: float) -> int:
        return max(0, round((timeline.seconds(beat) - start) * RATE))

    events = [(sample(pedal.beat), _PEDAL, PLAYER.channel, pedal.value, 0) for pedal in take.pedals]
    strokes = [(PLAYER.channel, note.beat, note.end, note.pitch, note.velocity) for note in take.player_notes]
    strokes += [
        (PARTS[Voice(note.voice)].channel, note.beat, note.end, note.pitch, note.velocity)
        for note in (sent.note for sent in take.band_notes)
    ]
    for channel, onset, end, pitch, velocity in strokes:
        events.append((sample(onset), _ON, channel, pitch, velocity))
        events.append((max(sample(end), sample(onset) + 1), _OFF, channel, pitch, 0))
    return sorted(events)


def _rendered(synth: Any, events: list[Event], samples: int) -> Iterator[Stereo]:
    waiting = iter(events)
    event = next(waiting, None)
    now = 0
    while now < samples:
        while event is not None and event[0] <= now:
            _play(synth, event)
            event = next(waiting, None)
        until = min(now + BLOCK, samples, samples if event is None else event[0])
        data = np.frombuffer(synth.generate_simple(until - now), np.float32)
        yield np.clip(data.reshape(-1, 2), -1.0, 1.0)
        now = until


def _play(synth: Any, event: Event) -> None:
    _, kind, channel, value, velocity = event
    if kind == _ON:
        synth.noteon(channel, value, velocity)
    elif kind == _OFF:
        synth.noteoff(channel, value)
    else:
        synth.control_change(channel, 64, value)
