"""Sound files as mono waves: WAV by the standard library, all else by the `soundfile` package where it is installed."""

import wave
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from bridge.errors import SettingsError

LONGEST: Final = 30.0
"""Seconds that are read of a file."""
RATES: Final = (4_000, 384_000)
"""Hz within which a file's rate must lie."""
KINDS: Final = frozenset({".wav", ".flac", ".aif", ".aiff", ".ogg"})
"""Endings of the files that are looked at."""
MOST_CHANNELS: Final = 64

Wave = npt.NDArray[np.float32]


def read(path: Path) -> tuple[Wave, int]:
    """Mono samples and rate of a file. Raises SettingsError that says in one line why it cannot be used."""
    try:
        with path.open("rb") as file:
            return decoded(file, path.name)
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read ({error.strerror or error})") from None


def decoded(file: IO[bytes], name: str) -> tuple[Wave, int]:
    """Mono samples and rate of an open file called `name`. Raises SettingsError."""
    try:
        found, rate = _of_wave(file)
    except (wave.Error, EOFError, ValueError):
        file.seek(0)
        found, rate = _of_any(file, name)
    if not len(found):
        raise SettingsError(f"{name} holds no sound")
    if not RATES[0] <= rate <= RATES[1]:
        raise SettingsError(f"{name} has {rate} samples a second; {RATES[0]} to {RATES[1]} can be used")
    mono = np.asarray(found.mean(1), np.float32)
    if not np.isfinite(mono).all():
        raise SettingsError(f"{name} holds numbers that are none")
    return mono, rate


def _of_wave(file: IO[bytes]) -> tuple[Wave, int]:
    """Frames by channels, -1 to 1, of an integer WAV file."""
    with wave.open(file, "rb") as sound:
        rate, channels, width = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()
        if not 1 <= channels <= MOST_CHANNELS or width not in (1, 2, 3, 4):
            raise wave.Error
        data = sound.readframes(min(sound.getnframes(), round(LONGEST * rate)))
    data = data[: len(data) // (width * channels) * width * channels]
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32).reshape(-1, channels) - 128.0) / 128.0, rate
    # Up to four bytes each, put at the upper end of a 32 bit number.
    whole = np.zeros((len(data) // width, 4), np.uint8)
    whole[:, 4 - width :] = np.frombuffer(data, np.uint8).reshape(-1, width)
    return whole.view("<i4").astype(np.float32).reshape(-1, channels) / np.float32(2**31), rate


def _of_any(file: IO[bytes], name: str) -> tuple[Wave, int]:
    try:
        import soundfile
    except (ImportError, OSError):
        raise SettingsError(f"{name} needs the `audio` extra (only integer WAV is read without it)") from None
    try:
        with soundfile.SoundFile(file) as sound:
            if not 1 <= sound.channels <= MOST_CHANNELS:
                raise SettingsError(f"{name} has {sound.channels} channels")
            read: Wave = sound.read(round(LONGEST * sound.samplerate), dtype="float32", always_2d=True)
            return read, int(sound.samplerate)
    except (RuntimeError, ValueError, TypeError) as error:
        # The library's own words, without the Python object that it puts before them.
        said = str(getattr(error, "error_string", "") or error) or type(error).__name__
        reason = said.splitlines()[-1].rstrip(".")[:80]
        raise SettingsError(f"{name} is no sound file that can be read ({reason})") from None
