"""Logits of a denoiser that is certain of a table."""

import numpy as np

from bridge.engine.diffusion_roll import LOGITS, LOUD, MIDDLE, PIECES, PITCH_UNIT, VELOCITY_UNIT, Roll
from bridge.engine.diffusion_table import CHORDS, DRUMS, LINES, Table

SURE = 14.0


def certain(table: Table) -> Roll:
    """Logits [steps, LOGITS] that say a table [steps, COLUMNS] and nothing else."""
    logits = np.full((len(table), LOGITS), -SURE, np.float32)
    rows = np.arange(len(table))
    for _, part in LINES:
        state, pitch, velocity = (table[:, part.column + n].astype(int) for n in range(3))
        logits[rows, part.logit + state] = SURE
        logits[rows, part.logit + 3 + pitch % 12] = SURE
        logits[rows, part.logit + 15 + np.clip((pitch - part.lowest) // 12, 0, part.octaves - 1)] = SURE
        logits[:, part.logit + 15 + part.octaves] = (velocity - LOUD) / VELOCITY_UNIT
    state, bits, low, top, velocity = (table[:, CHORDS.column + n].astype(int) for n in range(5))
    logits[rows, CHORDS.logit + state] = SURE
    for tone in range(12):
        logits[:, CHORDS.logit + 3 + tone] = np.where(bits >> tone & 1, SURE, -SURE)
    logits[:, CHORDS.logit + 15] = (low - MIDDLE) / PITCH_UNIT
    logits[:, CHORDS.logit + 16] = (top - MIDDLE) / PITCH_UNIT
    logits[:, CHORDS.logit + 17] = (velocity - LOUD) / VELOCITY_UNIT
    strokes = table[:, DRUMS.column :]
    logits[:, DRUMS.logit : DRUMS.logit + PIECES] = np.where(strokes > 0, SURE, -SURE)
    logits[:, DRUMS.logit + PIECES : DRUMS.logit + 2 * PIECES] = strokes / 127.0
    return logits
