"""From trained weights to one ONNX graph, `step`: an event in, the next event out, sampled inside from given noise."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from bridge.engine.codec import MIDDLE, PARTS, PITCHES, POSITIONS, SHIFTS, Part
from bridge.engine.controls import SIZE as CONTROLS
from export.families.lstm import Melodist
from export.traced import content, traced

OPSET = 18
INPUTS = (
    "event", "position", "controls", "h", "c", "last", "noise", "temperature", "min_p",
    "voice_mask", "pitch_mask", "shift_min", "shift_max",
)  # fmt: skip
OUTPUTS = ("next", "log_prob", "next_h", "next_c", "next_last")
NEVER = -1.0e9
EDGE = 1.0e-6
"""Noise is kept this far from 0 and 1, where rounding could choose a class that is masked."""


class Step(nn.Module):  # type: ignore[misc]
    """One step of a Melodist with sampling, laid out for few and small operations.

    Inputs, for B candidates: event [B, 5] int64; position [B, 2] int64 (tick in the bar, ticks of the bar) of that
    event; controls [B, 17]; h, c [L, B, H] and last [B] int64 (pitch of the last onset) are the state; noise [B, 5] in
    (0, 1); temperature [B]; min_p [B]; voice_mask [B, 7] bool; pitch_mask [B, 128] bool; shift_min, shift_max [B]
    int64, both inclusive. Outputs: the next event [B, 5], the log-probability of each field [B, 5] within the masks at
    temperature 1, and the new state.
    """

    def __init__(self, model: Melodist) -> None:
        super().__init__()
        self.heads = model.heads
        self.layers = model.size.layers
        tables = [table.weight.detach() for table in model.inputs]
        starts = [0]
        for table in tables[:-1]:
            starts.append(starts[-1] + table.shape[0])
        self.table = nn.Parameter(torch.cat(tables))
        self.register_buffer("starts", torch.tensor(starts))
        self.cells = nn.ParameterList()
        for layer in range(self.layers):
            parts = [getattr(model.lstm, f"{name}_l{layer}").detach() for name in ("weight_ih", "weight_hh")]
            bias = sum(getattr(model.lstm, f"{name}_l{layer}").detach() for name in ("bias_ih", "bias_hh"))
            self.cells.append(nn.Parameter(torch.cat(parts, 1).T.contiguous()))
            self.cells.append(nn.Parameter(bias))
        self.now = nn.Parameter(torch.cat([table.weight.detach() for table in model.now]))
        self.then = nn.Parameter(torch.cat([model.gap.weight, *(t.weight for t in model.then)]).detach())
        self.register_buffer("shifts", torch.arange(SHIFTS))
        self.model = model

    def forward(
        self,
        event: Tensor,
        position: Tensor,
        controls: Tensor,
        h: Tensor,
        c: Tensor,
        last: Tensor,
        noise: Tensor,
        temperature: Tensor,
        min_p: Tensor,
        voice_mask: Tensor,
        pitch_mask: Tensor,
        shift_min: Tensor,
        shift_max: Tensor,
    ) -> tuple[Tensor, ...]:
        """See the class."""
        model = self.model
        tick, bar = position[:, :1], position[:, 1:]
        places = self._places(tick, bar)
        pitched, last = event[:, 2:3], last[:, None]
        columns = torch.cat([event, places, pitched % 12, pitched - last + PITCHES - 1], 1)
        x = F.embedding(columns + self.starts, self.table).sum(1)
        last = torch.where(event[:, :1] == Part.RELEASE, last, pitched)
        top, next_h, next_c = self._cells(x, h, c)
        hidden = model.trunk(torch.cat([top, controls], 1)).split(self.heads, 1)
        now = F.embedding(places + self.starts[5:7] - self.starts[5], self.now).sum(1).split(self.heads[:2], 1)

        draw = Draw(noise, temperature, min_p)
        voice = draw(0, model.to_voice(F.relu(hidden[0] + now[0])), voice_mask, sharpen=False)
        part = F.embedding(voice, model.part.weight).split(self.heads[1:], 1)
        allowed = (self.shifts >= shift_min[:, None]) & (self.shifts <= shift_max[:, None])
        shift = draw(1, model.to_shift(F.relu(hidden[1] + now[1] + part[0])), allowed)
        landing = self._places((tick + shift[:, None]) % bar, bar)
        offsets = torch.cat([shift[:, None], landing[:, :1] + SHIFTS, landing[:, 1:] + SHIFTS + POSITIONS], 1)
        later = F.embedding(offsets, self.then).sum(1).split(self.heads[2:], 1)
        base = last[:, 0]
        figure = model.figure(hidden[2] + part[1] + later[0], base, controls)
        pitch = draw(2, model.pitches(figure, base, controls), pitch_mask)
        told = F.embedding(pitch, model.pitch.weight).split(self.heads[3:], 1)
        duration = draw(3, model.to_duration(F.relu(hidden[3] + part[2] + later[1] + told[0])))
        length = F.embedding(duration, model.length.weight)
        velocity = draw(4, model.to_velocity(F.relu(hidden[4] + part[3] + later[2] + told[1] + length)))
        chosen = torch.stack([voice, shift, pitch, duration, velocity], 1)
        return chosen, torch.cat(draw.log_probs, 1), next_h, next_c, base

    def _places(self, tick: Tensor, bar: Tensor) -> Tensor:
        return torch.cat([tick, bar - tick - 1], 1).clamp(0, POSITIONS - 1)

    def _cells(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hs, cs = [], []
        for layer in range(self.layers):
            gates = torch.cat([x, h[layer]], 1) @ self.cells[2 * layer] + self.cells[2 * layer + 1]
            i, f, g, o = gates.chunk(4, 1)
            cell = torch.sigmoid(f) * c[layer] + torch.sigmoid(i) * torch.tanh(g)
            x = torch.sigmoid(o) * torch.tanh(cell)
            hs.append(x)
            cs.append(cell)
        return x, torch.stack(hs), torch.stack(cs)


class Draw:
    """Inverse-CDF sampling of one field after another, keeping the log-probabilities."""

    def __init__(self, noise: Tensor, temperature: Tensor, min_p: Tensor) -> None:
        self.noise = noise.clamp(EDGE, 1.0 - EDGE)
        self.temperature = temperature[:, None]
        self.min_p = min_p[:, None]
        self.log_probs: list[Tensor] = []

    def __call__(self, field: int, logits: Tensor, mask: Tensor | None = None, sharpen: bool = True) -> Tensor:
        """Classes [B] from logits [B, K]; what is less likely than min_p times the likeliest is left out."""
        if mask is not None:
            logits = logits.masked_fill(~mask, NEVER)
        weights = torch.softmax(logits / self.temperature if sharpen else logits, 1)
        if sharpen:
            weights = weights * (weights >= self.min_p * weights.amax(1, keepdim=True)).float()
        sums = weights.cumsum(1)
        index = (sums <= self.noise[:, field : field + 1] * sums[:, -1:]).sum(1)
        self.log_probs.append(torch.log_softmax(logits, 1).gather(1, index[:, None]))
        return index


def example(model: Melodist, batch: int = 2) -> tuple[Tensor, ...]:
    """Inputs of the right shapes, in the order of INPUTS."""
    layers, hidden = model.size.layers, model.size.hidden
    return (
        torch.tensor([[2, 12, 60, 5, 8]] * batch),
        torch.tensor([[24, 96]] * batch),
        torch.zeros(batch, CONTROLS),
        torch.zeros(layers, batch, hidden),
        torch.zeros(layers, batch, hidden),
        torch.full((batch,), MIDDLE),
        torch.full((batch, 5), 0.5),
        torch.ones(batch),
        torch.zeros(batch),
        torch.ones(batch, PARTS, dtype=torch.bool),
        torch.ones(batch, PITCHES, dtype=torch.bool),
        torch.zeros(batch, dtype=torch.int64),
        torch.full((batch,), SHIFTS - 1),
    )


def write(model: Melodist, path: Path) -> None:
    """Write `model` as a step graph with its weights inside; the batch axis is free."""
    step = Step(model.eval()).eval()
    batch = torch.export.Dim("batch", min=1, max=64)
    axes = tuple({1: batch} if name in ("h", "c") else {0: batch} for name in INPUTS)
    graph = traced(step, example(model), INPUTS, OUTPUTS, axes, OPSET)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content(graph))
