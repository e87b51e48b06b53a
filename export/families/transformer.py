"""The accompanist in torch: a decoder over both sides' events, and five heads, each told what was chosen before it.

One module trains on whole streams; `export.ensemble.graphs` lays its weights out for playing. The keys and values have
one head for all queries (Shazeer, 2019), as the cache is what playing costs.
"""

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.codec import DURATIONS, PARTS, PITCHES, POSITIONS, SHIFTS, VELOCITIES
from bridge.engine.ensemble_controls import CHORD_SIZE
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.features import HEAD, INTERVALS, PAIRS, REFERENCES, ROWS

OCTAVE = 12
BLOCK = 128
"""Queries of a block of attention."""
UNSEEN = -1.0e4
"""Added to the score of what must not be looked at; half precision holds it."""


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    layers: int = 4
    width: int = 384
    heads: int = 6
    inner: int = 1536
    voice_head: int = 48
    shift_head: int = 192
    pitch_head: int = 256
    duration_head: int = 96
    velocity_head: int = 48

    @property
    def split(self) -> tuple[int, ...]:
        """Widths of the five heads."""
        return self.voice_head, self.shift_head, self.pitch_head, self.duration_head, self.velocity_head


SIZES = {"cpu": Size(), "gpu": Size(layers=8, width=640, heads=10, inner=2560)}
"""Presets: what one CPU thread plays in time, and what a GPU does."""


class Sheet(msgspec.Struct):
    """A batch of streams as tensors [B, T, ...]: what `export.ensemble.layout.Lines` says, folded."""

    events: Tensor
    places: Tensor
    columns: Tensor
    controls: Tensor
    cos: Tensor
    sin: Tensor
    own: Tensor
    """Pitch that the event's voice played before it."""
    references: Tensor
    """[B, T, 4] player's and bass's last pitch, root and tonic; negative for none."""
    stream: Tensor
    """Number of the stream that an event belongs to; attention keeps to its own."""
    dynamics: Tensor
    """Whether the velocity may be learnt from."""
    worth: Tensor
    """How much of the loss an event counts."""


class Block(nn.Module):  # type: ignore[misc]
    """Attention, then a wide layer with squared ReLU (So et al., Primer, 2021), each added to what came in."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.before = nn.LayerNorm(size.width, bias=False)
        self.look = nn.Linear(size.width, (size.heads + 2) * HEAD, bias=False)
        self.found = nn.Linear(size.heads * HEAD, size.width, bias=False)
        self.between = nn.LayerNorm(size.width, bias=False)
        self.widen = nn.Linear(size.width, size.inner, bias=False)
        self.narrow = nn.Linear(size.inner, size.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """`x` [B, T, W], cos and sin [B, T, 1, 32], mask [B, 1, T, T] to add: 0 for what may be looked at."""
        batch, length, _ = x.shape
        parts = self.look(self.before(x)).view(batch, length, self.heads + 2, HEAD)
        turned = turn(parts[:, :, : self.heads + 1], cos, sin).to(parts.dtype).transpose(1, 2)
        attend = blockwise if x.device.type == "cpu" else at_once
        seen = attend(turned[:, : self.heads], turned[:, self.heads], parts[:, :, self.heads + 1], mask)
        x = x + self.found(seen.transpose(1, 2).reshape(batch, length, -1))
        return x + self.narrow(F.relu(self.widen(self.between(x))).square())


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the pairs (n, n + 32) of the last axis."""
    first, second = x[..., :PAIRS], x[..., PAIRS:]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def blockwise(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    """Causal attention [B, H, T, 64] with one head of keys and values [B, T, 64], in blocks of queries.

    On a CPU it takes a third of the time of the fused kernel, which knows nothing of the shared head.
    """
    batch, heads, length, size = queries.shape
    queries = queries * size**-0.5
    seen = []
    with torch.autocast(queries.device.type, enabled=False):
        for start in range(0, length, BLOCK):
            end = min(start + BLOCK, length)
            rows = queries[:, :, start:end].reshape(batch, -1, size)
            scores = (rows @ keys[:, :end].transpose(1, 2)).view(batch, heads, end - start, end)
            weights = torch.softmax(scores + mask[:, :, start:end, :end], -1)
            seen.append((weights.view(batch, -1, end) @ values[:, :end]).view(batch, heads, -1, size))
    return torch.cat(seen, 2)


def at_once(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    """The same by the fused kernel, which a GPU does better."""
    shape = queries.shape
    keys, values = keys.unsqueeze(1).expand(shape), values.unsqueeze(1).expand(shape)
    return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)


class Accompanist(nn.Module):  # type: ignore[misc]
    """Events and controls in, the next event's five fields out."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width, split = size.width, size.split
        self.table = nn.Embedding(ROWS, width)
        self.wish = nn.Linear(CONTROLS, width)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.after = nn.LayerNorm(width, bias=False)
        self.trunk = nn.Linear(width, sum(split))
        self.now = nn.Embedding(2 * POSITIONS, sum(split[:2]))
        self.part = nn.Embedding(PARTS, sum(split[1:]))
        self.later = nn.Embedding(SHIFTS + 2 * POSITIONS, sum(split[2:]))
        self.chord = nn.Linear(CHORD_SIZE, split[2], bias=False)
        self.told = nn.Embedding(PITCHES, sum(split[3:]))
        self.length = nn.Embedding(len(DURATIONS), split[4])
        self.to_voice = nn.Linear(split[0], PARTS)
        self.to_shift = nn.Linear(split[1], SHIFTS)
        self.to_pitch = nn.Linear(split[2], PITCHES)
        self.to_own = nn.Linear(split[2], INTERVALS, bias=False)
        self.to_near = nn.Linear(split[2], len(REFERENCES) * OCTAVE, bias=False)
        self.to_duration = nn.Linear(split[3], len(DURATIONS))
        self.to_velocity = nn.Linear(split[4], VELOCITIES)
        pitch = torch.arange(PITCHES)
        self.register_buffer("every_pitch", pitch, persistent=False)
        self.register_buffer("octaves", pitch % OCTAVE, persistent=False)
        self.register_buffer("classes", torch.arange(OCTAVE), persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                continue
            deep = name.endswith(("found.weight", "narrow.weight"))
            nn.init.normal_(weight, std=0.02 / (2 * self.size.layers) ** 0.5 if deep else 0.02)
        for table in (self.now, self.part, self.later, self.told, self.length):
            nn.init.normal_(table.weight, std=0.05)
        for head in (self.to_voice, self.to_shift, self.to_pitch, self.to_duration, self.to_velocity):
            nn.init.zeros_(head.bias)
        nn.init.normal_(self.wish.weight, std=0.05)

    def read(self, columns: Tensor, controls: Tensor) -> Tensor:
        """What goes into the first block [..., W] for columns [..., 13] and controls [..., C]."""
        return self.table(columns).sum(-2) + self.wish(controls)

    def pitches(self, figure: Tensor, own: Tensor, references: Tensor) -> Tensor:
        """Pitch logits [..., 128]: by pitch, by interval from the voice's own last, by class above each reference."""
        interval = self.every_pitch + (PITCHES - 1) - own.unsqueeze(-1)
        near = self.to_near(figure).unflatten(-1, (len(REFERENCES), OCTAVE))
        above = (self.classes - references.unsqueeze(-1)) % OCTAVE
        known = (references >= 0).unsqueeze(-1).to(near.dtype)
        by_class = (near.gather(-1, above) * known).sum(-2)
        return self.to_pitch(figure) + self.to_own(figure).gather(-1, interval) + by_class[..., self.octaves]

    def foretell(self, top: Tensor, here: Tensor, then: Sheet, chords: Tensor) -> list[Tensor]:
        """Logits of the five fields [N, K] of known next events `then` (flattened) after events at places `here`."""
        split = self.size.split
        hidden = self.trunk(top).split(split, -1)
        now = (self.now(here[..., 0]) + self.now(here[..., 1] + POSITIONS)).split(split[:2], -1)
        voice, shift, pitch, duration, _ = then.events.unbind(-1)
        part = self.part(voice).split(split[1:], -1)
        landing = then.places
        later = self.later(shift) + self.later(landing[..., 0] + SHIFTS)
        later = (later + self.later(landing[..., 1] + SHIFTS + POSITIONS)).split(split[2:], -1)
        told = self.told(pitch).split(split[3:], -1)
        figure = F.relu(hidden[2] + part[1] + later[0] + self.chord(chords))
        return [
            self.to_voice(F.relu(hidden[0] + now[0])),
            self.to_shift(F.relu(hidden[1] + now[1] + part[0])),
            self.pitches(figure, then.own, then.references),
            self.to_duration(F.relu(hidden[3] + part[2] + later[1] + told[0])),
            self.to_velocity(F.relu(hidden[4] + part[3] + later[2] + told[1] + self.length(duration))),
        ]

    def think(self, sheet: Sheet) -> Tensor:
        """What is known after each event [B, T, W]."""
        length = sheet.events.shape[1]
        same = sheet.stream.unsqueeze(1) == sheet.stream.unsqueeze(2)
        past = torch.ones(length, length, dtype=torch.bool, device=same.device).tril()
        x = self.read(sheet.columns, sheet.controls)
        device = x.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype
        mask = torch.zeros(same.shape, dtype=dtype, device=x.device).masked_fill(~(same & past), UNSEEN).unsqueeze(1)
        cos, sin = sheet.cos.unsqueeze(2), sheet.sin.unsqueeze(2)
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        return self.after(x)
