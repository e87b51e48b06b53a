"""The material: chords of real pieces played by our instruments, and CC0 one-shots, bare and as clouds of grains.

Chord, density and strikes of what is rendered here are known, because it was made from them.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import Chord
from bridge.record.timbre import RATE, sound
from bridge.sound.analysis import HOP_SAMPLES, frames_of
from bridge.sound.bands import BANDS, KEYS, LOWEST, RANGE_DB, REGISTER_OF, REGISTERS, Array
from bridge.sound.samples import decoded
from bridge.sound.told import BRIGHTNESS, CHROMA, DENSITY, STRUCK, density_number, key_of
from export.data.bundle import Bundle
from export.data.piece import Piece, is_held_out
from export.spectral.clip import Clip, blank, brightness
from export.spectral.instruments import TONES, instrument

SECONDS = 8.0
"""Length of a clip of chords or a cloud."""
CHORD_CLIPS = 240
TICKS = 24
PEAK = 0.7
"""Largest sample of a clip."""
EARLY = 2
"""Frames before a strike at which it is told: the analysis' windows see it so much before it comes."""
ARCHIVE = "audio_cc0/oneshots_flac.tar"
HELD_PERCENT = 15
TUNED_DB, PITCHED_DB = 30.0, 16.0
"""How far a cloud's bands beside the chord are damped where the sound has no pitch of its own, and where it has."""

Wave = NDArray[np.float32]


def chord_clips(pieces: list[Piece], count: int = CHORD_CLIPS, seed: int = 4) -> Iterator[Clip]:
    """Chords of pieces that have some, played by one instrument after another."""
    random = np.random.default_rng(seed)
    able = [piece for piece in pieces if len(piece.chords) >= 4 and piece.tempo > 0]
    names = list(TONES)
    for number in range(count):
        piece = able[int(random.integers(len(able)))]
        yield _chords(piece, names[number % len(names)], random)


def sound_clips(bundle: Bundle, seed: int = 5) -> Iterator[Clip]:
    """Each one-shot as it is, struck again and again, and as a cloud of grains on chords."""
    random = np.random.default_rng(seed)
    for name, wave in one_shots(bundle):
        seed_frames = frames_of(_scaled(wave), RATE)[:64]
        held = int(hashlib.sha256(f"antiphon sound:{name}".encode()).hexdigest(), 16) % 100 < HELD_PERCENT
        for kind, make in (("sound", _again), ("cloud", _cloud)):
            frames, told = make(wave, seed_frames, random)
            yield _clip(name, kind, frames, told, seed_frames, held)


def one_shots(bundle: Bundle) -> Iterator[tuple[str, Wave]]:
    """Name and mono wave (at RATE) of every sound of the set."""
    with tarfile.open(bundle.folder / ARCHIVE) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and member.name.endswith(".flac"):
                wave, rate = decoded(io.BytesIO(file.read()), member.name)
                assert rate == RATE, f"{member.name} has {rate} Hz"
                yield member.name.split("/")[-1].removesuffix(".flac"), wave


def _chords(piece: Piece, name: str, random: np.random.Generator) -> Clip:
    """A stretch of a piece's chords on one instrument."""
    played = instrument(name, random)
    beat = 60.0 / piece.tempo
    first = int(random.integers(0, max(1, len(piece.chords) - 4)))
    begins = float(piece.chords[first, 0])
    rate = float(np.exp(random.uniform(np.log(0.4), np.log(14.0))))
    bright, middle = float(random.uniform(0.05, 1.0)), float(random.uniform(45, 78))
    wave = np.zeros(round((SECONDS + 2.0) * RATE), np.float32)
    told = blank(round(SECONDS * RATE / HOP_SAMPLES) + 1)
    told[:, DENSITY] = density_number(rate)
    second, chord = 0.0, None
    while second < SECONDS:
        now = piece.chord_at(round(begins + second / beat * TICKS))
        fresh, chord = now != chord, now
        _tell_chord(told, second, now)
        middle = float(np.clip(middle + random.normal(0, 2.5), 40, 84))
        if now is not None:
            many = int(random.integers(2, 6)) if fresh or random.random() < 0.25 else 1
            pitches = [_pitch(now, middle, random) for _ in range(many)]
            strength = float(random.uniform(0.4, 1.0))
            length = float(random.uniform(0.7, 3.0) / rate + random.uniform(0.05, 0.8))
            for pitch in set(pitches):
                note = sound(played, pitch, min(length, 5.0), max(1, round(127 * strength * (0.4 + 0.6 * bright))))
                at = round(second * RATE)
                wave[at : at + len(note)] += note[: len(wave) - at]
            _tell_strike(told, second, strength, pitches)
        second += _wait(rate, random)
    return _finished(f"{piece.id}: {name}", "chords", wave, told, is_held_out(piece.cluster))


def _again(wave: Wave, seed: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """The sound as it is, three times, with nothing said of a chord."""
    own = _own_pitch(seed)
    gap = max(0.6, min(len(wave) / RATE, 2.5))
    times = [0.1 + gap * number + float(random.uniform(0, 0.2)) for number in range(3)]
    length = times[-1] + gap + 0.3
    mix = np.zeros(round(length * RATE) + len(wave), np.float32)
    told = blank(round(length * RATE / HOP_SAMPLES) + 1)
    told[:, DENSITY] = density_number(1.0 / gap)
    for second in times:
        strength = float(random.uniform(0.5, 1.0))
        at = round(second * RATE)
        mix[at : at + len(wave)] += wave * np.float32(strength**1.4)
        _tell_strike(told, second, strength, (60.0 if own is None else own,))
    return _analysed(mix, told)


def _cloud(wave: Wave, seed: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Grains of the sound on the tones of chords: tuned by their own pitch, or where they have none by resonance."""
    own = _own_pitch(seed)
    rate = float(np.exp(random.uniform(np.log(1.0), np.log(18.0))))
    mix = np.zeros(round((SECONDS + 3.0) * RATE), np.float32)
    told = blank(round(SECONDS * RATE / HOP_SAMPLES) + 1)
    told[:, DENSITY] = density_number(rate)
    second, chord, until, middle = 0.0, _any_chord(random), 0.0, float(random.uniform(45, 76))
    while second < SECONDS:
        if second >= until:
            chord, until = _any_chord(random), second + float(random.uniform(1.0, 3.0))
        _tell_chord(told, second, chord)
        middle = float(np.clip(middle + random.normal(0, 2.0), 38, 84))
        pitch, strength = _pitch(chord, middle, random), float(random.uniform(0.4, 1.0))
        ratio = 2.0 ** ((pitch - own) / 12.0) if own is not None else 2.0 ** ((pitch - 60.0) / 24.0)
        grain = _faster(wave[: 3 * RATE], float(np.clip(ratio, 0.25, 4.0)))
        at = round(second * RATE)
        mix[at : at + len(grain)] += grain[: len(mix) - at] * np.float32(strength**1.4)
        _tell_strike(told, second, strength, (pitch,))
        second += _wait(rate, random)
    frames, told = _analysed(mix, told)
    return resonant(frames, told, PITCHED_DB if own is not None else TUNED_DB), told


def resonant(frames: Array, told: Array, damping: float = TUNED_DB) -> Array:
    """Frames as if resonators on the chord let through what lies on its tones, and made them ring.

    What lies beside them is damped by so many dB.
    """
    classes = (LOWEST + np.arange(KEYS)) % 12
    on = told[:, CHROMA][:, classes]
    asked = told[:, CHROMA].any(1, keepdims=True)
    out = frames.copy()
    damped = np.maximum(out[:, :KEYS] - damping / RANGE_DB * (1.0 - on), 0.0)
    out[:, :KEYS] = np.where(asked, damped, out[:, :KEYS])
    heard = np.stack([out[:, :KEYS][:, register == REGISTER_OF].max(1) > 0 for register in range(REGISTERS)], 1)
    out[:, BANDS:] = np.where(asked & heard, np.maximum(out[:, BANDS:], 0.85), out[:, BANDS:])
    return out


def _own_pitch(seed: Array) -> float | None:
    """The MIDI pitch of a sound that has one: its strongest key, where the register of that key is tonal."""
    power = (10.0 ** ((seed[:, :KEYS] - 1.0) * (RANGE_DB / 10.0))).mean(0)
    key = int(power.argmax())
    tonality = float(np.median(seed[min(2, len(seed) - 1) : 20, BANDS + int(REGISTER_OF[key])]))
    return float(LOWEST + key) if tonality > 0.75 and power[key] > 0.35 * power.sum() else None


def _tell_chord(told: Array, second: float, chord: Chord | None) -> None:
    at = _frame(second)
    told[at:, CHROMA] = 0.0
    if chord is not None:
        told[at:, list(chord.pitch_classes)] = 1.0


def _tell_strike(told: Array, second: float, strength: float, pitches: Iterable[float]) -> None:
    at = _frame(second)
    if at < len(told):
        for pitch in pitches:
            key = STRUCK.start + key_of(pitch)
            told[at, key] = max(float(told[at, key]), strength)


def _frame(second: float) -> int:
    return max(0, round(second * RATE / HOP_SAMPLES) - EARLY)


def _pitch(chord: Chord, middle: float, random: np.random.Generator) -> int:
    """A tone of the chord near a pitch."""
    wish = random.normal(middle, 7.0)
    near = [pitch for pitch in range(LOWEST, 96) if pitch % 12 in chord.pitch_classes]
    return min(near, key=lambda pitch: abs(pitch - wish))


def _any_chord(random: np.random.Generator) -> Chord:
    kinds = ("", "m", "7", "maj7", "m7", "sus4", "", "m")
    return Chord(int(random.integers(12)), kinds[int(random.integers(len(kinds)))])


def _wait(rate: float, random: np.random.Generator) -> float:
    """Seconds to the next strike: half by the clock, half by chance."""
    return float(0.5 / rate + random.exponential(0.5 / rate))


def _faster(wave: Wave, ratio: float) -> Wave:
    """The wave played faster, and so higher."""
    at = np.arange(0.0, len(wave) - 1, ratio)
    return np.asarray(np.interp(at, np.arange(len(wave)), wave), np.float32)


def _scaled(wave: Wave) -> Wave:
    return np.asarray(wave * (PEAK / max(float(np.abs(wave).max()), 1e-6)), np.float32)


def _analysed(wave: Wave, told: Array) -> tuple[Array, Array]:
    frames = frames_of(_scaled(wave), RATE)[: len(told)]
    return frames, told[: len(frames)]


def _finished(name: str, kind: str, wave: Wave, told: Array, held: bool) -> Clip:
    frames, told = _analysed(wave, told)
    return _clip(name, kind, frames, told, frames[:0], held)


def _clip(name: str, kind: str, frames: Array, told: Array, seed: Array, held: bool) -> Clip:
    told[:, BRIGHTNESS] = brightness(frames)
    return Clip(name, kind, _half(frames), _half(told), _half(seed), held)


def _half(values: Array) -> NDArray[np.float16]:
    return values.astype(np.float16)
