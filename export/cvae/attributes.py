"""What a window is like: arousal and brightness as the proxies have them, density and register of its voices."""

import math

import numpy as np

from bridge.engine.cvae_rolls import BEGINS, FIRST, VOICES, Rolls, cells_of
from bridge.engine.window import PER_BEAT
from bridge.music.note import Voice
from export.data.piece import PLAYED, ROLE_OF, Table
from export.data.proxies import arousal, brightness
from export.data.windows import TICKS_A_STEP


def table(rolls: Rolls, steps: int) -> Table:
    """The notes of rolls as the rows of a piece."""
    rows = [
        (
            ROLE_OF[voice],
            cell.step * TICKS_A_STEP,
            round(cell.length * PER_BEAT) * TICKS_A_STEP,
            cell.pitch,
            cell.velocity,
            PLAYED,
        )
        for voice, cells in cells_of(rolls, VOICES, steps).items()
        for cell in cells
    ]
    return np.array(sorted(rows, key=lambda row: row[1]), np.int32).reshape(-1, 6)


def moods(rolls: Rolls, steps: int) -> tuple[float, float]:
    """Arousal, loudness left out, and brightness of a window; NaN where it has no notes for them."""
    rows = table(rolls, steps)
    return arousal(rows, steps / PER_BEAT, dynamics=False), brightness(rows)


def density(rolls: Rolls, steps: int) -> dict[Voice, float]:
    """Steps a beat at which each voice begins notes."""
    begun = {
        Voice.LEAD: rolls.lead[:steps] >= FIRST,
        Voice.BASS: rolls.bass[:steps] >= FIRST,
        Voice.CHORDS: (rolls.chords[:steps] == BEGINS).any(1),
        Voice.DRUMS: rolls.drums[:steps].any(1),
    }
    return {voice: float(steps_begun.sum()) * PER_BEAT / steps for voice, steps_begun in begun.items()}


def register(rolls: Rolls, steps: int) -> dict[Voice, float]:
    """Mean MIDI pitch of the notes of each pitched voice; NaN for a voice without any."""
    pitched = (Voice.LEAD, Voice.BASS, Voice.CHORDS)
    found = cells_of(rolls, pitched, steps)
    return {
        voice: float(np.mean([cell.pitch for cell in found[voice]])) if found[voice] else math.nan for voice in pitched
    }
