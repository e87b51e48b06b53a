"""The music-theory VAE in torch: pitch, rhythm, harmony and structure, each with an encoder, a prior and a decoder.

A factor's decoder reads its own latents alone (and, to know where notes begin, the rhythm that was decoded), so what
one factor says cannot be said by another; structure works on the latents of the bars before they are decoded.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.theory_layout import (
    BAR,
    BARS,
    BASS,
    BASS_LOW,
    BASS_SIZE,
    CHORDS,
    CHORDS_LOW,
    CHORDS_SIZE,
    DEGREES,
    HALVES,
    LEAD,
    LEAD_LOW,
    LEAD_SIZE,
    MODES,
    ONSET,
    SLOTS,
    STATES,
    STEPS,
    SYMBOLS,
    tones,
)
from export.theory.blocks import Latents, Posterior, Reader, Size, Writer, by_step, hot
from export.theory.phrases import Batch

ATTRIBUTES = ("height", "leaps", "activity", "syncopation", "comping", "colour", "spread")
"""What the designated dimensions stand for."""
PITCH_MARKS, RHYTHM_MARKS, HARMONY_MARKS = slice(0, 2), slice(2, 5), slice(5, 7)
FACTORS = ("pitch", "rhythm", "harmony", "structure")
SURE = -2.0
"""Log-deviation of a posterior before training."""
SHARPEST = -4.0
"""Lowest log-deviation of a posterior."""
TOLD = 12 + SYMBOLS
HEADS = 4


class TheoryVae(nn.Module):  # type: ignore[misc]
    """Phrases in, what they are by factor; and back."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        code, three = size.code, 3
        self.read_rhythm = Reader(size, three * STATES + three)
        self.read_pitch = Reader(size, LEAD_SIZE + 1 + DEGREES + STATES)
        self.read_harmony = Reader(size, CHORDS_SIZE + BASS_SIZE + 1 + 3 * STATES + DEGREES + TOLD)
        self.to_pattern = nn.Linear(code, three * size.patterns)
        self.to_degree = nn.Linear(2 * size.width, DEGREES)
        self.to_chord = nn.Linear(code, 2 * SYMBOLS)
        self.to_rhythm = nn.Linear(code, 2 * size.rhythm)
        self.to_pitch = nn.Linear(code, 2 * size.pitch)
        self.to_harmony = nn.Linear(code, 2 * size.harmony)
        self.to_marks = nn.ModuleList(nn.Linear(code, 2 * n) for n in (2, 3, 2))
        self.form = nn.Linear(3 * code, 64)
        self.form_place = nn.Parameter(torch.randn(BARS, 64) * 0.1)
        self.look = nn.Linear(64, 3 * 64)
        self.to_structure = nn.Sequential(nn.Linear(2 * BARS * 64, 128), nn.ReLU(), nn.Linear(128, 2 * size.structure))
        self.gate = nn.Sequential(nn.Linear(size.structure, 64), nn.ReLU(), nn.Linear(64, 3 * three + 6))
        self.more = nn.Parameter(torch.zeros(()))
        self.dictionary = nn.Parameter(torch.randn(three, size.patterns, BAR, STATES) * 0.5)
        self.meaning = nn.Parameter(torch.randn(three, size.patterns, 24) * 0.3)
        self.write_rhythm = Writer(size, three * 24 + size.rhythm + 3, 1, three * STATES)
        self.write_pitch = Writer(size, size.pitch + 2, DEGREES + 1, LEAD_SIZE)
        self.write_harmony = Writer(size, size.harmony + 2, TOLD + 2, CHORDS_SIZE + BASS_SIZE)
        with torch.no_grad():
            self.write_harmony.outputs.bias[:CHORDS_SIZE] = -2.5  # few pitches sound at once
            # A posterior that begins as wide as its prior says nothing, and is soon not listened to.
            last = (self.to_rhythm, self.to_pitch, self.to_harmony, self.to_structure[-1], *self.to_marks)
            for layer in last:
                layer.bias[layer.out_features // 2 :] = SURE
                layer.weight[: layer.out_features // 2] *= 3.0
            self.to_pattern.weight *= 6.0
        # Theory first: what a note is called, and what belongs to a chord, need not be learnt.
        self.named = nn.Parameter(torch.tensor(4.0))
        self.sung = nn.Parameter(torch.tensor(3.0))
        self.belongs = nn.Parameter(torch.tensor([1.0, 1.0]))
        # Priors: what follows what, and which degree a chord calls for.
        self.next_pattern = nn.Parameter(torch.zeros(three, size.patterns + 1, size.patterns))
        self.next_chord = nn.Parameter(torch.zeros(SYMBOLS + 1, SYMBOLS))
        self.next_degree = nn.Parameter(torch.zeros(DEGREES + 1, DEGREES))
        self.degree_of = nn.Parameter(torch.zeros(SYMBOLS, DEGREES))
        self.degree_at = nn.Parameter(torch.zeros(SLOTS, DEGREES))
        self.degree_in = nn.Parameter(torch.zeros(len(MODES), DEGREES))
        classes = torch.from_numpy(np.stack([tones(n) for n in range(SYMBOLS)]))
        self.register_buffer("tones", classes, persistent=False)
        with torch.no_grad():  # a chord calls for its own tones
            self.degree_of.copy_(classes * 1.5)
        pitch_class = (torch.arange(LEAD_SIZE + 1) + LEAD_LOW - 1) % 12
        own = F.one_hot(pitch_class, DEGREES).float()
        own[0] = 0
        self.register_buffer("degree_from", own, persistent=False)
        for name, low, count in (("chords_from", CHORDS_LOW, CHORDS_SIZE), ("bass_from", BASS_LOW, BASS_SIZE)):
            self.register_buffer(name, F.one_hot((torch.arange(count) + low) % 12, 12).float(), persistent=False)
        self.register_buffer("middle", torch.zeros(len(ATTRIBUTES)))
        self.register_buffer("unit", torch.ones(len(ATTRIBUTES)))
        self.register_buffer("again", torch.tensor([0.45, 0.28]))
        self.register_buffer("lowest", torch.full((len(ATTRIBUTES),), -3.0))
        self.register_buffer("highest", torch.full((len(ATTRIBUTES),), 3.0))

    def told(self, symbols: Tensor) -> Tensor:
        """Features [..., 97] of chords given as probabilities [..., 85]."""
        return torch.cat([symbols @ self.tones, symbols], -1)

    def encode(self, batch: Batch) -> Posterior:
        """What a batch of phrases is likely to be, by factor."""
        known = batch.known
        states = hot(batch.states, STATES) * known[:, :, None, None]
        flat = states.permute(0, 2, 1, 3).reshape(batch.bar.shape[0], STEPS, -1)
        voices = known.unsqueeze(1).expand(-1, STEPS, -1)
        lead = hot(batch.lead, LEAD_SIZE + 1) * known[:, LEAD, None, None]
        degrees = lead @ self.degree_from
        chords = batch.chords * known[:, CHORDS, None, None]
        bass = hot(batch.bass, BASS_SIZE + 1) * known[:, BASS, None, None]
        symbols = by_step(hot(batch.symbols, SYMBOLS), batch.bar)
        _, rhythm = self.read_rhythm(torch.cat([flat, voices], -1), batch.bar)
        steps, pitch = self.read_pitch(torch.cat([lead, degrees, states[:, LEAD]], -1), batch.bar)
        heard = torch.cat([chords, bass, flat, degrees, self.told(symbols)], -1)
        _, harmony = self.read_harmony(heard, batch.bar)
        here = F.relu(self.form(torch.cat([rhythm, pitch, harmony], -1))) + self.form_place
        query, key, value = self.look(here).reshape(batch.bar.shape[0], BARS, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(query @ key.transpose(-1, -2) * key.shape[-1] ** -0.5, -1)
        seen = (weights @ value).transpose(1, 2).reshape(batch.bar.shape[0], BARS, -1)
        raw = {
            "rhythm": self.to_rhythm(rhythm),
            "pitch": self.to_pitch(pitch),
            "harmony": self.to_harmony(harmony),
            "structure": self.to_structure(torch.cat([here, seen], -1).flatten(1)),
        }
        marks = [
            to(bars.mean(1)).chunk(2, -1) for to, bars in zip(self.to_marks, (pitch, rhythm, harmony), strict=True)
        ]
        mean = {name: value.chunk(2, -1)[0] for name, value in raw.items()}
        deviation = {name: value.chunk(2, -1)[1].clamp(SHARPEST, 1.0) for name, value in raw.items()}
        mean["marks"] = torch.cat([pair[0] for pair in marks], -1)
        deviation["marks"] = torch.cat([pair[1] for pair in marks], -1).clamp(SHARPEST, 1.0)
        slots = degrees.reshape(batch.bar.shape[0], BARS * SLOTS, -1, DEGREES).mean(2)
        return Posterior(
            degree=self.to_degree(steps.reshape(batch.bar.shape[0], BARS * SLOTS, -1)) + self.named * slots,
            pattern=self.to_pattern(rhythm).reshape(batch.bar.shape[0], BARS, 3, -1),
            chord=self.to_chord(harmony).reshape(batch.bar.shape[0], HALVES, SYMBOLS),
            mean=mean,
            deviation=deviation,
        )

    def form_of(self, structure: Tensor) -> tuple[Tensor, Tensor]:
        """Gates [B, 3, 3] by later bar and factor, and attention [B, 3, 4] of later bars to earlier ones."""
        raw = self.gate(structure)
        more = (1.0 + F.softplus(self.more)) * structure[:, :1]
        gates = torch.sigmoid(raw[:, :9] + more).reshape(-1, 3, 3)
        first = torch.ones_like(raw[:, :1])
        none = torch.zeros_like(first)
        second = torch.softmax(raw[:, 9:11], -1)
        third = torch.softmax(raw[:, 11:14], -1)
        rows = [first, none, none, none, second, none, none, third, none]
        return gates, torch.cat(rows, -1).reshape(-1, 3, BARS)

    def shape(self, latents: Latents, fixed: Tensor) -> Latents:
        """The latents after structure has let later bars repeat earlier ones; chords that are told [B, 8] stay."""
        gates, look = self.form_of(latents.structure)
        size = fixed.shape[0]
        pitch = torch.cat([latents.degree.reshape(size, BARS, -1), latents.pitch], -1)
        rhythm = torch.cat([latents.pattern.reshape(size, BARS, -1), latents.rhythm], -1)
        harmony = torch.cat([latents.chord.reshape(size, BARS, -1), latents.harmony], -1)
        pitch, rhythm, harmony = (
            _repeat(bars, gates[:, :, n], look) for n, bars in enumerate((pitch, rhythm, harmony))
        )
        degree, pitch = pitch.split([SLOTS * DEGREES, self.size.pitch], -1)
        pattern, rhythm = rhythm.split([3 * self.size.patterns, self.size.rhythm], -1)
        chord, harmony = harmony.split([2 * SYMBOLS, self.size.harmony], -1)
        keep = fixed.unsqueeze(-1)
        return Latents(
            degree.reshape(size, BARS * SLOTS, DEGREES),
            pitch,
            pattern.reshape(size, BARS, 3, -1),
            rhythm,
            latents.chord * keep + chord.reshape(size, HALVES, SYMBOLS) * (1 - keep),
            harmony,
            latents.structure,
            latents.marks,
        )

    def rhythms(self, shaped: Latents, bar: Tensor) -> Tensor:
        """Logits [B, 3, 64, 3] of the voices' states."""
        size = bar.shape[0]
        meaning = torch.einsum("bivk,vkd->bivd", shaped.pattern, self.meaning).reshape(size, BARS, -1)
        marks = shaped.marks[:, None, RHYTHM_MARKS].expand(-1, BARS, -1)
        last = (torch.arange(STEPS, device=bar.device) % BAR >= bar.unsqueeze(1)).to(meaning.dtype)
        raw = self.write_rhythm(torch.cat([meaning, shaped.rhythm, marks], -1), last.unsqueeze(-1), bar)
        known = torch.einsum("bivk,vkts->bvits", shaped.pattern, self.dictionary).reshape(size, 3, STEPS, STATES)
        return known + raw.reshape(size, STEPS, 3, STATES).transpose(1, 2)

    def leads(self, shaped: Latents, bar: Tensor, onsets: Tensor) -> Tensor:
        """Logits [B, 64, 56] of the lead's pitch, were there a note; `onsets` [B, 64] says where there is."""
        marks = shaped.marks[:, None, PITCH_MARKS].expand(-1, BARS, -1)
        degree = shaped.degree.repeat_interleave(BAR // SLOTS, 1)
        features = torch.cat([degree, onsets.unsqueeze(-1)], -1)
        found: Tensor = self.write_pitch(torch.cat([shaped.pitch, marks], -1), features, bar)
        return found + self.sung * degree @ self.degree_from[1:].T

    def voicings(self, shaped: Latents, bar: Tensor, onsets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [B, 64, 56] of each pitch of the chords and [B, 64, 40] of the bass's; `onsets` [B, 2, 64]."""
        marks = shaped.marks[:, None, HARMONY_MARKS].expand(-1, BARS, -1)
        told = by_step(self.told(shaped.chord), bar)
        raw = self.write_harmony(
            torch.cat([shaped.harmony, marks], -1), torch.cat([told, onsets.transpose(1, 2)], -1), bar
        )
        chords, bass = (
            weight * told[..., :12] @ own.T
            for weight, own in zip(self.belongs, (self.chords_from, self.bass_from), strict=True)
        )
        return raw[..., :CHORDS_SIZE] + chords, raw[..., CHORDS_SIZE:] + bass

    def decode(
        self, latents: Latents, bar: Tensor, fixed: Tensor, told: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of states [B, 3, 64, 3], lead [B, 64, 56], chords [B, 64, 56] and bass [B, 64, 40].

        The pitches are for the onsets of `told` [B, 3, 64], and where that is negative for those that the rhythm
        decides on.
        """
        shaped = self.shape(latents, fixed)
        states = self.rhythms(shaped, bar)
        decided = torch.where(told >= 0, told, states.argmax(-1))
        onsets = (decided == ONSET).to(states.dtype)
        return states, self.leads(shaped, bar, onsets[:, LEAD]), *self.voicings(shaped, bar, onsets[:, CHORDS:])

    def degree_prior(self, chord: Tensor, before: Tensor, mode: Tensor, bar: Tensor) -> Tensor:
        """Logits [B, 32, 12] of the degrees, given chords [B, 8, 85], the degrees before [B, 32, 13] and the mode."""
        calls = by_step(chord @ self.degree_of, bar)[:, ::2]
        at = self.degree_at.repeat(BARS, 1)
        return calls + before @ self.next_degree + at + self.degree_in[mode].unsqueeze(1)


def _repeat(bars: Tensor, gates: Tensor, look: Tensor) -> Tensor:
    """Bars [B, 4, K] of which each later one is drawn by its gate [B, 3] to the earlier ones it looks at."""
    found = [bars[:, 0]]
    for n in range(1, BARS):
        seen = sum((look[:, n - 1, m, None] * found[m] for m in range(n)), torch.zeros_like(found[0]))
        gate = gates[:, n - 1, None]
        found.append(gate * seen + (1 - gate) * bars[:, n])
    return torch.stack(found, 1)
