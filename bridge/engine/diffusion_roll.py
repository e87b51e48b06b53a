"""The bar roll: a table of bars as numbers that noise can be put on, and what a model says of it.

A roll [..., steps, CHANNELS] holds a table's choices as one-hot numbers. The model's logits [..., steps, LOGITS] say
how likely each choice is; `mean` makes of them the roll to be expected, `choose` the likeliest table.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_table import BASS, CHORDS, COLUMNS, DRUMS, HOLD, LEAD, LINES, ONSET, REST, Table
from bridge.engine.kit import KIT
from bridge.music.note import Voice

Roll = NDArray[np.float32]

PIECES = len(KIT)
CHANNELS, LOGITS = 64, 76
CHANNELS_OF = {
    Voice.LEAD: slice(LEAD.channel, BASS.channel),
    Voice.BASS: slice(BASS.channel, CHORDS.channel),
    Voice.CHORDS: slice(CHORDS.channel, DRUMS.channel),
    Voice.DRUMS: slice(DRUMS.channel, CHANNELS),
}

CHOICE = 1.5
"""What the chosen number of a one-hot is in a roll."""
TONE = 1.0
"""What a chord's tone is."""
LOUD, MIDDLE = 80.0, 60.0
"""Velocity and pitch that count as 0."""
VELOCITY_UNIT, PITCH_UNIT = 80.0, 12.0
HIT, ACCENT = 0.7, 1.0
"""What a drum's stroke is at least, and how much more the loudest one is."""
EVEN = 0.5
"""Likelihood from which a tone or a stroke is played."""


def spread(table: Table) -> Roll:
    """The roll [..., CHANNELS] of a table [..., COLUMNS]."""
    roll = np.zeros((*table.shape[:-1], CHANNELS), np.float32)
    for _, part in LINES:
        state, pitch, velocity = (table[..., part.column + n] for n in range(3))
        sounding = state != REST
        at = part.channel
        roll[..., at] = (state == ONSET) * CHOICE
        roll[..., at + 1] = (state == HOLD) * CHOICE
        _choose(roll[..., at + 2 : at + 14], pitch % 12, sounding)
        _choose(roll[..., at + 14 : at + 14 + part.octaves], (pitch - part.lowest) // 12, sounding)
        roll[..., at + 14 + part.octaves] = (state == ONSET) * (velocity - LOUD) / VELOCITY_UNIT
    state, bits, low, top, velocity = (table[..., CHORDS.column + n] for n in range(5))
    sounding, at = state != REST, CHORDS.channel
    roll[..., at] = (state == ONSET) * CHOICE
    roll[..., at + 1] = (state == HOLD) * CHOICE
    for tone in range(12):
        roll[..., at + 2 + tone] = ((bits >> tone) & 1) * TONE
    roll[..., at + 14] = sounding * (low - MIDDLE) / PITCH_UNIT
    roll[..., at + 15] = sounding * (top - MIDDLE) / PITCH_UNIT
    roll[..., at + 16] = (state == ONSET) * (velocity - LOUD) / VELOCITY_UNIT
    strokes = table[..., DRUMS.column :]
    roll[..., DRUMS.channel :] = (strokes > 0) * (HIT + ACCENT * strokes / 127.0)
    return roll


def _choose(channels: Any, index: Any, sounding: Any) -> None:
    for number in range(channels.shape[-1]):
        channels[..., number] = ((index == number) & sounding) * CHOICE


def mean(logits: Roll) -> Roll:
    """The roll [..., CHANNELS] to be expected from logits [..., LOGITS]."""
    roll = np.empty((*logits.shape[:-1], CHANNELS), np.float32)
    for _, part in LINES:
        at, of = part.logit, part.channel
        state = _softmax(logits[..., at : at + 3])
        sounding = CHOICE * (1.0 - state[..., :1])
        roll[..., of : of + 2] = CHOICE * state[..., 1:]
        roll[..., of + 2 : of + 14] = sounding * _softmax(logits[..., at + 3 : at + 15])
        end = 15 + part.octaves
        roll[..., of + 14 : of + end - 1] = sounding * _softmax(logits[..., at + 15 : at + end])
        roll[..., of + end - 1] = state[..., 1] * logits[..., at + end]
    at, of = CHORDS.logit, CHORDS.channel
    state = _softmax(logits[..., at : at + 3])
    sounding = 1.0 - state[..., :1]
    roll[..., of : of + 2] = CHOICE * state[..., 1:]
    roll[..., of + 2 : of + 14] = TONE * sounding * _sigmoid(logits[..., at + 3 : at + 15])
    roll[..., of + 14 : of + 16] = sounding * logits[..., at + 15 : at + 17]
    roll[..., of + 16] = state[..., 1] * logits[..., at + 17]
    at, of = DRUMS.logit, DRUMS.channel
    likely = _sigmoid(logits[..., at : at + PIECES])
    roll[..., of:] = likely * (HIT + ACCENT * logits[..., at + PIECES :])
    return roll


def choose(logits: Roll) -> Table:
    """The likeliest table [steps, COLUMNS] of logits [steps, LOGITS]."""
    table = np.zeros((len(logits), COLUMNS), np.int16)
    for _, part in LINES:
        at, column = part.logit, part.column
        pitch = logits[:, at + 3 : at + 15].argmax(-1)
        octave = logits[:, at + 15 : at + 15 + part.octaves].argmax(-1)
        table[:, column] = logits[:, at : at + 3].argmax(-1)
        table[:, column + 1] = part.lowest + 12 * octave + pitch
        table[:, column + 2] = _velocity(logits[:, at + 15 + part.octaves])
    at, column = CHORDS.logit, CHORDS.column
    table[:, column] = logits[:, at : at + 3].argmax(-1)
    tones = logits[:, at + 3 : at + 15]
    there = (tones > 0) | (tones == tones.max(-1, keepdims=True))
    table[:, column + 1] = (there << np.arange(12)).sum(-1)
    table[:, column + 2 : column + 4] = np.clip(MIDDLE + PITCH_UNIT * logits[:, at + 15 : at + 17], 0, 127)
    table[:, column + 4] = _velocity(logits[:, at + 17])
    at = DRUMS.logit
    strokes = np.clip(127.0 * logits[:, at + PIECES :], 1, 127)
    table[:, DRUMS.column :] = np.where(logits[:, at : at + PIECES] > 0, strokes, 0)
    return table


def _velocity(values: Roll) -> Roll:
    found: Roll = np.clip(LOUD + VELOCITY_UNIT * values, 1, 127)
    return found


def _softmax(values: Roll) -> Roll:
    powers = np.exp(values - values.max(-1, keepdims=True))
    found: Roll = powers / powers.sum(-1, keepdims=True)
    return found


def _sigmoid(values: Roll) -> Roll:
    found: Roll = (1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))).astype(np.float32)
    return found
