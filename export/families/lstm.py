"""The melody LSTM in torch: one module that trains on sequences and steps one event at a time."""

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.codec import DURATIONS, PARTS, PITCHES, POSITIONS, SHIFTS, VELOCITIES
from bridge.engine.controls import SIZE as CONTROLS


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    layers: int = 2
    hidden: int = 256
    embedding: int = 160
    voice_head: int = 48
    shift_head: int = 160
    pitch_head: int = 224
    duration_head: int = 96
    velocity_head: int = 48


DEGREES = 12
"""Semitones above the root of the scale; one class more where no scale is known."""
MAJOR = (1.05, 0.0, 1.0, 0.0, 1.02, 0.97, 0.0, 1.04, 0.0, 1.01, 0.0, 0.96)
"""Weight of each degree in finding a scale's root: uneven, so that a scale of fewer notes has one root too."""
RELATIVE = 2 * PITCHES - 1
"""Intervals from the event before: -127 to 127."""


class Melodist(nn.Module):  # type: ignore[misc]
    """Two LSTM layers and five heads, each told what was chosen before it.

    What a head is told enters as a row of a table added to its hidden layer, which costs one look-up when playing.
    The state holds only what was heard; the controls enter at the heads, so a knob works at once and from any state.
    """

    def __init__(self, size: Size, dropout: float = 0.0) -> None:
        super().__init__()
        self.size = size
        width = size.embedding
        classes = (PARTS, SHIFTS, PITCHES, len(DURATIONS), VELOCITIES, POSITIONS, POSITIONS, 12, RELATIVE)
        self.inputs = nn.ModuleList(nn.Embedding(n, width) for n in classes)
        self.lstm = nn.LSTM(width, size.hidden, size.layers, dropout=dropout, batch_first=True)
        self.drop = nn.Dropout(dropout)
        heads = (size.voice_head, size.shift_head, size.pitch_head, size.duration_head, size.velocity_head)
        self.heads = heads
        self.trunk = nn.Linear(size.hidden + CONTROLS, sum(heads))
        now, later = sum(heads[:2]), sum(heads[2:])
        self.now = nn.ModuleList(nn.Embedding(POSITIONS, now) for _ in range(2))
        self.part = nn.Embedding(PARTS, sum(heads[1:]))
        self.gap = nn.Embedding(SHIFTS, later)
        self.then = nn.ModuleList(nn.Embedding(POSITIONS, later) for _ in range(2))
        self.pitch = nn.Embedding(PITCHES, sum(heads[3:]))
        self.length = nn.Embedding(len(DURATIONS), heads[4])
        self.degree = nn.Embedding(DEGREES + 1, heads[2])
        self.to_voice = nn.Linear(heads[0], PARTS)
        self.to_shift = nn.Linear(heads[1], SHIFTS)
        self.to_pitch = nn.Linear(heads[2], PITCHES)
        self.to_interval = nn.Linear(heads[2], RELATIVE + 1)
        self.to_degree = nn.Linear(heads[2], DEGREES)
        self.to_duration = nn.Linear(heads[3], len(DURATIONS))
        self.to_velocity = nn.Linear(heads[4], VELOCITIES)
        pitch = torch.arange(PITCHES)
        majors = torch.tensor([MAJOR[-n:] + MAJOR[:-n] for n in range(DEGREES)]).T.contiguous()
        self.register_buffer("every_pitch", pitch, persistent=False)
        self.register_buffer("octaves", pitch % DEGREES, persistent=False)
        self.register_buffer("majors", majors, persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        for table in self.modules():
            if isinstance(table, nn.Embedding):
                nn.init.normal_(table.weight, std=0.08)
        for name, weight in self.lstm.named_parameters():
            if name.startswith("bias_ih"):
                with torch.no_grad():
                    weight[self.size.hidden : 2 * self.size.hidden] = 1.0

    def read(self, event: Tensor, place: Tensor, before: Tensor) -> Tensor:
        """Input vector [..., E] of events [..., 5] at places [..., 2]; `before` [...] is the last onset's pitch."""
        pitch = event[..., 2]
        columns = (*event.unbind(-1), *place.unbind(-1), pitch % 12, pitch - before + PITCHES - 1)
        total = self.inputs[0](columns[0])
        for table, column in zip(list(self.inputs)[1:], columns[1:], strict=True):
            total = total + table(column)
        return total

    def begin(self, top: Tensor, place: Tensor, controls: Tensor) -> list[Tensor]:
        """Hidden layers of the five heads before anything is chosen."""
        hidden = list(self.trunk(torch.cat([top, controls], -1)).split(self.heads, -1))
        now = self.now[0](place[..., 0]) + self.now[1](place[..., 1])
        voice, shift = now.split(self.heads[:2], -1)
        return [hidden[0] + voice, hidden[1] + shift, *hidden[2:]]

    def roots(self, controls: Tensor) -> Tensor:
        """Pitch class [...] on which a major scale shares most with the scale of controls [..., 17]."""
        return (controls[..., :DEGREES] @ self.majors).argmax(-1)

    def figure(self, hidden: Tensor, base: Tensor, controls: Tensor) -> Tensor:
        """The pitch head's hidden layer [..., K], told which degree of the scale the last onset was."""
        known = controls[..., DEGREES] > 0
        degree = torch.where(known, (base - self.roots(controls)) % DEGREES, DEGREES)
        return F.relu(hidden + self.degree(degree))

    def pitches(self, figure: Tensor, base: Tensor, controls: Tensor) -> Tensor:
        """Pitch logits [..., 128]: by pitch, by interval from the last onset, by degree and by being in the scale."""
        relative, degrees = self.to_interval(figure), self.to_degree(figure) * controls[..., DEGREES : DEGREES + 1]
        pitch = self.every_pitch
        interval = pitch + (PITCHES - 1) - base.unsqueeze(-1)
        above = (pitch + DEGREES - self.roots(controls).unsqueeze(-1)) % DEGREES
        scale = controls[..., self.octaves]
        return (
            self.to_pitch(figure)
            + relative.gather(-1, interval)
            + degrees.gather(-1, above)
            + relative[..., RELATIVE:] * scale
        )

    def foretell(
        self, top: Tensor, now: Tensor, base: Tensor, then: tuple[Tensor, Tensor], controls: Tensor
    ) -> list[Tensor]:
        """Logits of each field for known next events: `now` places of this event, `base` the last onset's pitch with
        this event, `then` the next event and its places.
        """
        events, places = then
        hidden = self.begin(top, now, controls)
        part = self.part(events[..., 0]).split(self.heads[1:], -1)
        later = self.gap(events[..., 1]) + self.then[0](places[..., 0]) + self.then[1](places[..., 1])
        place = later.split(self.heads[2:], -1)
        pitch = self.pitch(events[..., 2]).split(self.heads[3:], -1)
        return [
            self.to_voice(F.relu(hidden[0])),
            self.to_shift(self.drop(F.relu(hidden[1] + part[0]))),
            self.pitches(self.drop(self.figure(hidden[2] + part[1] + place[0], base, controls)), base, controls),
            self.to_duration(self.drop(F.relu(hidden[3] + part[2] + place[1] + pitch[0]))),
            self.to_velocity(F.relu(hidden[4] + part[3] + place[2] + pitch[1] + self.length(events[..., 3]))),
        ]

    def forward(
        self, rows: tuple[Tensor, ...], state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[list[Tensor], tuple[Tensor, Tensor]]:
        """Logits for events 1..T from events 0..T-1; `rows` are events, places, before, controls as in Rows, folded."""
        events, places, before, controls = rows
        here = slice(None), slice(None, -1)
        there = slice(None), slice(1, None)
        top, state = self.lstm(self.drop(self.read(events[here], places[here], before[here])), state)
        then = (events[there], places[there])
        return self.foretell(self.drop(top), places[here], before[there], then, controls[there]), state
