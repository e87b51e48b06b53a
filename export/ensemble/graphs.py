"""The two graphs of a transformer pack, laid out for playing: `step` samples the next event, `score` reads known ones.

Both take what was heard before as caches and give back only the new columns of them; the host keeps the caches and
writes the columns into their places. The prefix (what was really played) is shared by all candidates, the suffix (what
a candidate has made up) is each one's own. Every weight is a constant of both graphs, kept once in `weights.bin`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from bridge.engine.codec import PARTS, PITCHES, POSITIONS, SHIFTS, VELOCITIES
from bridge.engine.ensemble_controls import CHORD_SIZE, LEFT, LEFT_UNIT, NEXT, NEXT_KNOWN, NOW
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.features import COLUMNS, HEAD, INTERVALS, NONE, PAIRS, REFERENCES
from export.families.transformer import OCTAVE, Accompanist, turn
from export.to_onnx import Draw

SAMPLING = (
    "position", "chord_roots", "last", "tonic", "noise", "temperature", "min_p",
    "voice_mask", "pitch_mask", "shift_min", "shift_max",
)  # fmt: skip
READING = ("columns", "controls", "cos", "sin", "mask")


def caches(layers: int) -> tuple[str, ...]:
    """Names of the cache inputs: for each layer the prefix's keys and values, then the suffix's."""
    kinds = ("keys", "values", "near_keys", "near_values")
    return tuple(f"{kind}_{layer}" for layer in range(layers) for kind in kinds)


def step_inputs(layers: int) -> tuple[str, ...]:
    """Inputs of `step`, in order."""
    return (*READING, *caches(layers), *SAMPLING)


def score_inputs(layers: int) -> tuple[str, ...]:
    """Inputs of `score`, in order."""
    return (*READING, *caches(layers), "places", "then", "then_places", "own", "references", "chords")


STEP_OUTPUTS = ("next", "log_prob", "new_keys", "new_values")
SCORE_OUTPUTS = ("log_prob", "likeliest", "new_keys", "new_values")


class Weights(nn.Module):  # type: ignore[misc]
    """An accompanist's weights as plain matrices for `x @ w`, and the reading of events that both graphs share."""

    def __init__(self, model: Accompanist) -> None:
        super().__init__()
        self.size = model.size
        self.heads = model.size.heads
        self.table = nn.Parameter(model.table.weight.detach().half())
        self.wish = self._matrix(model.wish)
        self.wish_bias = nn.Parameter(model.wish.bias.detach())
        self.norms = nn.ParameterList()
        self.layers = nn.ParameterList()
        for block in model.blocks:
            self.norms.extend([nn.Parameter(norm.weight.detach()) for norm in (block.before, block.between)])
            scaled = block.look.weight.detach().clone()
            scaled[: self.heads * HEAD] *= HEAD**-0.5
            self.layers.append(nn.Parameter(scaled.T.contiguous()))
            self.layers.extend([self._matrix(layer) for layer in (block.found, block.widen, block.narrow)])
        self.after = nn.Parameter(model.after.weight.detach())
        self.trunk = self._matrix(model.trunk)
        self.trunk_bias = nn.Parameter(model.trunk.bias.detach())
        self.now, self.part, self.later, self.told, self.length = (
            nn.Parameter(table.weight.detach().half())
            for table in (model.now, model.part, model.later, model.told, model.length)
        )
        self.chord = self._matrix(model.chord)
        self.outs = nn.ParameterList(
            self._matrix(layer) for layer in (model.to_voice, model.to_shift, model.to_duration, model.to_velocity)
        )
        self.out_biases = nn.ParameterList(
            nn.Parameter(layer.bias.detach())
            for layer in (model.to_voice, model.to_shift, model.to_duration, model.to_velocity)
        )
        pitch = torch.cat([model.to_pitch.weight, model.to_own.weight, model.to_near.weight]).detach()
        self.to_pitch = nn.Parameter(pitch.T.contiguous())
        self.pitch_bias = nn.Parameter(model.to_pitch.bias.detach())
        every = torch.arange(PITCHES)
        self.register_buffer("intervals", every + PITCHES - 1)
        self.register_buffer("octaves", every % OCTAVE)
        self.register_buffer("classes", torch.arange(OCTAVE))
        self.register_buffer("shifts", torch.arange(SHIFTS))

    def _matrix(self, layer: nn.Linear) -> nn.Parameter:
        return nn.Parameter(layer.weight.detach().T.contiguous())

    def read(self, columns: Tensor, controls: Tensor) -> Tensor:
        """Input [N, W] of the first block."""
        rows = F.embedding(columns, self.table).float().sum(1)
        return rows + (controls @ self.wish + self.wish_bias)

    def norm(self, x: Tensor, weight: Tensor) -> Tensor:
        """Layer norm without a bias."""
        return F.layer_norm(x, (self.size.width,), weight)

    def wide(self, x: Tensor, layer: int) -> Tensor:
        """What a block's wide layer adds."""
        inner = F.relu(self.norm(x, self.norms[2 * layer + 1]) @ self.layers[4 * layer + 2])
        return (inner * inner) @ self.layers[4 * layer + 3]

    def pitches(self, figure: Tensor, own: Tensor, references: Tensor) -> Tensor:
        """Pitch logits [N, 128], as in the model."""
        plain, interval, near = (figure @ self.to_pitch).split([PITCHES, INTERVALS, len(REFERENCES) * OCTAVE], 1)
        near = near.unflatten(1, (len(REFERENCES), OCTAVE))
        above = torch.remainder(self.classes - references[:, :, None], OCTAVE)
        by_class = (near.gather(2, above) * (references >= 0)[:, :, None].float()).sum(1)
        return plain + self.pitch_bias + interval.gather(1, self.intervals - own[:, None]) + by_class[:, self.octaves]

    def look_up(self, table: Tensor, *rows: Tensor) -> Tensor:
        """The sum of some rows [N] of a table."""
        return F.embedding(torch.stack(rows, 1), table).float().sum(1)


class Step(nn.Module):  # type: ignore[misc]
    """One event of each of B candidates in, the next event of each out.

    Inputs: columns [B, 13] (see `bridge.engine.features`), controls [B, C], cos and sin [B, 32], mask [B, P + S + 1] to
    add to the scores; for each layer keys [64, P] and values [P, 64] of the prefix, near_keys [B, 64, S] and
    near_values [B, S, 64] of the suffix; position [B, 2] (tick in the bar, ticks of the bar); chord_roots
    [B, 2] of the chord now and the next, last [B, 7] pitch of each part with the event in it, tonic [B] (all -1 =
    none); noise [B, 5]; temperature, min_p [B]; voice_mask [B, 7]; pitch_mask [B, 7, 128]; shift_min, shift_max [B],
    both inclusive.
    Outputs: next [B, 5], log_prob [B, 5] within the masks at temperature 1, new_keys and new_values [B, L * 64].
    """

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights

    def forward(
        self, columns: Tensor, controls: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: list[Tensor],
        position: Tensor, chord_roots: Tensor, last: Tensor, tonic: Tensor, noise: Tensor, temperature: Tensor,
        min_p: Tensor, voice_mask: Tensor, pitch_mask: Tensor, shift_min: Tensor, shift_max: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """See the class."""
        weights = self.weights
        x = weights.read(columns, controls)
        keys, values = [], []
        for layer in range(weights.size.layers):
            seen, key, value = self._look(weights.norm(x, weights.norms[2 * layer]), layer, cos, sin, mask, cache)
            x = x + seen @ weights.layers[4 * layer + 1]
            x = x + weights.wide(x, layer)
            keys.append(key)
            values.append(value)
        chosen, log_prob = self._draw(
            weights.norm(x, weights.after), controls, position, chord_roots, last, tonic,
            Draw(noise, temperature, min_p), voice_mask, pitch_mask, shift_min, shift_max,
        )  # fmt: skip
        return chosen, log_prob, torch.cat(keys, 1), torch.cat(values, 1)

    def _look(
        self, x: Tensor, layer: int, cos: Tensor, sin: Tensor, mask: Tensor, cache: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        keys, values, near_keys, near_values = cache[4 * layer : 4 * layer + 4]
        heads = self.weights.heads
        parts = (x @ self.weights.layers[4 * layer]).view(-1, heads + 2, HEAD)
        turned = turn(parts[:, : heads + 1], cos[:, None], sin[:, None])
        queries, key, value = turned[:, :heads], turned[:, heads], parts[:, heads + 1]
        far = (queries.reshape(-1, HEAD) @ keys).view(-1, heads, keys.shape[1])
        near = queries @ near_keys
        own = queries @ key[:, :, None]
        shares = torch.softmax(torch.cat([far, near, own], 2) + mask[:, None], 2)
        to_far, to_near, to_own = shares.split([keys.shape[1], near_keys.shape[2], 1], 2)
        seen = (to_far.reshape(-1, keys.shape[1]) @ values).view(-1, heads, HEAD)
        seen = seen + to_near @ near_values + to_own * value[:, None]
        return seen.reshape(-1, heads * HEAD), key, value

    def _draw(
        self, top: Tensor, controls: Tensor, position: Tensor, chord_roots: Tensor, last: Tensor, tonic: Tensor,
        draw: Draw, voice_mask: Tensor, pitch_mask: Tensor, shift_min: Tensor, shift_max: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        weights, split = self.weights, self.weights.size.split
        hidden = (top @ weights.trunk + weights.trunk_bias).split(split, 1)
        tick, bar = position[:, 0], position[:, 1]
        now = weights.look_up(weights.now, *self._places(tick, bar, 0)).split(split[:2], 1)

        def out(n: int, x: Tensor) -> Tensor:
            return F.relu(x) @ weights.outs[n] + weights.out_biases[n]

        voice = draw(0, out(0, hidden[0] + now[0]), voice_mask, sharpen=False)
        part = F.embedding(voice, weights.part).float().split(split[1:], 1)
        allowed = (weights.shifts >= shift_min[:, None]) & (weights.shifts <= shift_max[:, None])
        shift = draw(1, out(1, hidden[1] + now[1] + part[0]), allowed)
        landing = self._places(torch.remainder(tick + shift, bar), bar, SHIFTS)
        later = weights.look_up(weights.later, shift, *landing).split(split[2:], 1)
        gap = torch.round(controls[:, LEFT] * LEFT_UNIT).long()
        changed = (controls[:, NEXT_KNOWN] > 0) & (shift >= gap)
        chord = torch.where(changed[:, None], controls[:, NEXT], controls[:, NOW])
        root = torch.where(changed, chord_roots[:, 1], chord_roots[:, 0])
        references = torch.stack([last[:, 0], last[:, 4], root, tonic], 1)
        own = last.gather(1, voice[:, None])[:, 0]
        own = torch.where(own < 0, 60, own)
        figure = F.relu(hidden[2] + part[1] + later[0] + chord @ weights.chord)
        pitch = draw(
            2,
            weights.pitches(figure, own, references),
            pitch_mask.gather(1, voice[:, None, None].expand(-1, 1, PITCHES))[:, 0],
        )
        told = F.embedding(pitch, weights.told).float().split(split[3:], 1)
        duration = draw(3, out(2, hidden[3] + part[2] + later[1] + told[0]))
        length = F.embedding(duration, weights.length).float()
        velocity = draw(4, out(3, hidden[4] + part[3] + later[2] + told[1] + length))
        return torch.stack([voice, shift, pitch, duration, velocity], 1), torch.cat(draw.log_probs, 1)

    def _places(self, tick: Tensor, bar: Tensor, start: int) -> tuple[Tensor, Tensor]:
        into = tick.clamp(0, POSITIONS - 1) + start
        return into, (bar - tick - 1).clamp(0, POSITIONS - 1) + (start + POSITIONS)


class Score(nn.Module):  # type: ignore[misc]
    """T known events of one stream in, the new columns of the caches and how likely what came after each was.

    Inputs as of Step with T in the place of B, but mask [T, P + S + T], and one suffix: near_keys [64, S] and
    near_values [S, 64]; then places [T, 2] of the events (classes), then [T, 5] the event after each (anything where
    that is not known), then_places [T, 2], own [T] pitch that its voice played before, references [T, 4] and chords
    [T, 38] at it. Outputs: log_prob [T, 5] of each field at temperature 1, likeliest [T] of the pitches'
    log-probability, new_keys and new_values [T, L * 64].
    """

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights

    def forward(
        self, columns: Tensor, controls: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: list[Tensor],
        places: Tensor, then: Tensor, then_places: Tensor, own: Tensor, references: Tensor, chords: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """See the class."""
        weights = self.weights
        x = weights.read(columns, controls)
        new_keys, new_values = [], []
        for layer in range(weights.size.layers):
            seen, key, value = self._look(weights.norm(x, weights.norms[2 * layer]), layer, cos, sin, mask, cache)
            x = x + seen @ weights.layers[4 * layer + 1]
            x = x + weights.wide(x, layer)
            new_keys.append(key)
            new_values.append(value)
        log_prob, likeliest = self._judge(
            weights.norm(x, weights.after), places, then, then_places, own, references, chords
        )
        return log_prob, likeliest, torch.cat(new_keys, 1), torch.cat(new_values, 1)

    def _look(
        self, x: Tensor, layer: int, cos: Tensor, sin: Tensor, mask: Tensor, cache: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        keys, values, near_keys, near_values = cache[4 * layer : 4 * layer + 4]
        heads = self.weights.heads
        parts = (x @ self.weights.layers[4 * layer]).view(-1, heads + 2, HEAD)
        turned = turn(parts[:, : heads + 1], cos[:, None], sin[:, None])
        queries, key, value = turned[:, :heads], turned[:, heads], parts[:, heads + 1]
        joined = torch.cat([keys, near_keys, key.T], 1)
        scores = (queries.reshape(-1, HEAD) @ joined).view(-1, heads, mask.shape[1])
        shares = torch.softmax(scores + mask[:, None], 2)
        seen = shares.view(-1, mask.shape[1]) @ torch.cat([values, near_values, value], 0)
        return seen.view(-1, heads * HEAD), key, value

    def _judge(
        self, top: Tensor, places: Tensor, then: Tensor, then_places: Tensor, own: Tensor, references: Tensor,
        chords: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        weights, split = self.weights, self.weights.size.split
        hidden = (top @ weights.trunk + weights.trunk_bias).split(split, 1)
        now = weights.look_up(weights.now, places[:, 0], places[:, 1] + POSITIONS).split(split[:2], 1)
        part = F.embedding(then[:, 0], weights.part).float().split(split[1:], 1)
        landing = then_places + torch.tensor([SHIFTS, SHIFTS + POSITIONS])
        later = weights.look_up(weights.later, then[:, 1], landing[:, 0], landing[:, 1]).split(split[2:], 1)
        told = F.embedding(then[:, 2], weights.told).float().split(split[3:], 1)
        length = F.embedding(then[:, 3], weights.length).float()

        def out(n: int, x: Tensor) -> Tensor:
            return F.relu(x) @ weights.outs[n] + weights.out_biases[n]

        figure = F.relu(hidden[2] + part[1] + later[0] + chords @ weights.chord)
        logits = (
            out(0, hidden[0] + now[0]),
            out(1, hidden[1] + now[1] + part[0]),
            weights.pitches(figure, own, references),
            out(2, hidden[3] + part[2] + later[1] + told[0]),
            out(3, hidden[4] + part[3] + later[2] + told[1] + length),
        )
        logs = [torch.log_softmax(logit, 1) for logit in logits]
        found = [log.gather(1, then[:, n : n + 1]) for n, log in enumerate(logs)]
        return torch.cat(found, 1), logs[2].amax(1)


PREFIX, SUFFIX, CHUNK = 512, 64, 8
"""Sizes of the examples; all three axes are free."""


def step_example(layers: int, batch: int = 2) -> dict[str, object]:
    """Inputs of `step` of the right shapes."""
    return {
        **_reading(batch, PREFIX + SUFFIX + 1),
        "cache": [
            tensor
            for _ in range(layers)
            for tensor in (
                torch.zeros(HEAD, PREFIX), torch.zeros(PREFIX, HEAD),
                torch.zeros(batch, HEAD, SUFFIX), torch.zeros(batch, SUFFIX, HEAD),
            )
        ],
        "position": torch.tensor([[24, 96]] * batch),
        "chord_roots": torch.full((batch, 2), NONE),
        "last": torch.full((batch, PARTS), NONE),
        "tonic": torch.full((batch,), NONE),
        "noise": torch.full((batch, 5), 0.5),
        "temperature": torch.ones(batch),
        "min_p": torch.zeros(batch),
        "voice_mask": torch.ones(batch, PARTS, dtype=torch.bool),
        "pitch_mask": torch.ones(batch, PARTS, PITCHES, dtype=torch.bool),
        "shift_min": torch.zeros(batch, dtype=torch.int64),
        "shift_max": torch.full((batch,), SHIFTS - 1),
    }  # fmt: skip


def score_example(layers: int, length: int = CHUNK) -> dict[str, object]:
    """Inputs of `score` of the right shapes."""
    return {
        **_reading(length, PREFIX + SUFFIX + length),
        "cache": [
            tensor
            for _ in range(layers)
            for tensor in (
                torch.zeros(HEAD, PREFIX), torch.zeros(PREFIX, HEAD),
                torch.zeros(HEAD, SUFFIX), torch.zeros(SUFFIX, HEAD),
            )
        ],
        "places": torch.tensor([[24, 71]] * length),
        "then": torch.tensor([[2, 12, 60, 5, VELOCITIES // 2]] * length),
        "then_places": torch.tensor([[36, 59]] * length),
        "own": torch.full((length,), 60),
        "references": torch.full((length, len(REFERENCES)), NONE),
        "chords": torch.zeros(length, CHORD_SIZE),
    }  # fmt: skip


def _reading(count: int, seen: int) -> dict[str, object]:
    return {
        "columns": torch.zeros(count, COLUMNS, dtype=torch.int64),
        "controls": torch.zeros(count, CONTROLS),
        "cos": torch.ones(count, PAIRS),
        "sin": torch.zeros(count, PAIRS),
        "mask": torch.zeros(count, seen),
    }
