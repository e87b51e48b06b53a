"""`jam.wav`: the take as sound, by a synthesiser of our own or through a SoundFont."""

import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from bridge.music.note import Voice
from bridge.record import soundfont as fonts
from bridge.record.drum_kit import stroke
from bridge.record.room import Room, Stereo
from bridge.record.take import Take, sustained
from bridge.record.timbre import RATE, Timbre, Wave, beep, electric_piano, pad, plucked_bass, reed, sound

TAIL = 1.5
"""Seconds that the sound goes on after the take, for what still rings."""
LONGEST = 2 * 3600.0
"""Seconds after which the preview ends, well within what a WAV file can hold."""
BLOCK = 1 << 18
"""Samples that are mixed at a time, so that a long jam needs no more memory than a short one."""
KNEE = 0.7
"""Level above which the sound is bent instead of cut."""
FADE = 0.05
"""Seconds of fade at the very end."""
DRUM_LEVEL = 0.5
DRUM_PAN = 0.1

PLAYER = Timbre(electric_piano, attack=0.003, release=0.12, level=0.34, pan=-0.4)
VOICES = {
    Voice.LEAD: Timbre(reed, attack=0.018, release=0.09, level=0.34, pan=0.4),
    Voice.CHORDS: Timbre(pad, attack=0.05, release=0.3, level=0.15, pan=0.25),
    Voice.BASS: Timbre(plucked_bass, attack=0.006, release=0.08, level=0.4, pan=0.08),
    Voice.CLICK: Timbre(beep, attack=0.002, release=0.03, level=0.2, pan=0.0),
    Voice.GUEST: Timbre(electric_piano, attack=0.003, release=0.12, level=0.34, pan=-0.4),
}
"""How each voice sounds; the drums have a kit of their own."""


class Cue(msgspec.Struct, frozen=True, order=True):
    """A note in seconds from the start of the take; the player's has no voice."""

    second: float
    pitch: int
    velocity: int
    seconds: float
    voice: Voice | None = None


def write_audio(take: Take, path: Path, soundfont: Path | None = None) -> None:
    """Write the take as 44.1 kHz, 16 bit stereo to `path`, played by `soundfont` where one is given.

    Raises SettingsError where the SoundFont cannot be used, OSError where the file cannot be written.
    """
    played = cues(take)
    samples = round(min(take.seconds + TAIL, LONGEST) * RATE)
    blocks = _blocks(played, samples) if soundfont is None else fonts.blocks(take, soundfont, samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        done = 0
        for block in blocks:
            file.writeframes(_integers(block * _fade(done, len(block), samples)))
            done += len(block)


def cues(take: Take) -> tuple[Cue, ...]:
    """Every note of the take in the order of time, the player's as long as pedal and key let them sound."""
    timeline = take.timeline
    start = timeline.seconds(take.start)

    def cue(onset: float, end: float, pitch: int, velocity: int, voice: Voice | None) -> Cue:
        second = timeline.seconds(onset)
        return Cue(second - start, pitch, velocity, timeline.seconds(end) - second, voice)

    player = sustained(take.player_notes, take.pedals, take.end)
    of_player = (cue(note.beat, note.end, note.pitch, note.velocity, None) for note in player)
    band = (sent.note for sent in take.band_notes)
    of_band = (cue(note.beat, note.end, note.pitch, note.velocity, note.voice) for note in band)
    return tuple(sorted((*of_player, *of_band), key=lambda cue: (cue.second, cue.voice or "", cue.pitch)))


def _blocks(played: Iterable[Cue], samples: int) -> Iterator[Stereo]:
    """Mix notes in the order of time into blocks; what outlasts a block is carried into the next."""
    room = Room(BLOCK)
    waiting = iter(played)
    cue = next(waiting, None)
    mix = np.zeros((2 * BLOCK, 2), np.float32)
    for first in range(0, samples, BLOCK):
        while cue is not None and round(cue.second * RATE) < first + BLOCK:
            wave_, pan = _sound(cue)
            at = round(cue.second * RATE) - first
            mix = _grown(mix, at + len(wave_))
            mix[at : at + len(wave_)] += wave_[:, None] * _gains(pan)
            cue = next(waiting, None)
        block = room.add(mix[:BLOCK].copy())
        mix[:-BLOCK] = mix[BLOCK:].copy()
        mix[-BLOCK:] = 0.0
        yield _bent(block[: samples - first])


def _sound(cue: Cue) -> tuple[Wave, float]:
    if cue.voice is Voice.DRUMS:
        return stroke(cue.pitch, cue.velocity) * np.float32(DRUM_LEVEL), DRUM_PAN
    timbre = PLAYER if cue.voice is None else VOICES[cue.voice]
    return sound(timbre, cue.pitch, cue.seconds, cue.velocity), timbre.pan


def _gains(pan: float) -> Stereo:
    """Left and right gain of equal power, 1 and 1 in the middle."""
    angle = (pan + 1) * np.pi / 4
    gains: Stereo = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2.0))
    return gains


def _grown(mix: Stereo, length: int) -> Stereo:
    if length <= len(mix):
        return mix
    return np.concatenate([mix, np.zeros((length + BLOCK - len(mix), 2), np.float32)])


def _bent(block: Stereo) -> Stereo:
    """Below the knee untouched, above it bent towards 1, never reached."""
    over = np.abs(block) - KNEE
    bent = np.sign(block) * (KNEE + (1 - KNEE) * np.tanh(over / (1 - KNEE)))
    return np.where(over > 0, bent, block).astype(np.float32)


def _fade(done: int, length: int, samples: int) -> Stereo:
    left = samples - done - np.arange(length, dtype=np.float32)
    gains: Stereo = np.clip(left / np.float32(FADE * RATE), 0.0, 1.0)[:, None]
    return gains


def _integers(block: Stereo) -> bytes:
    return np.round(block * 32000.0).astype("<i2").tobytes()
