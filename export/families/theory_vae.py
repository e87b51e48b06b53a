"""The music-theory VAE in torch: pitch, rhythm, harmony and structure, each with an encoder, a prior and a decoder.

A factor's decoder reads its own latents alone (and, to know where notes begin, the rhythm that was decoded), so what
one factor says cannot be said by another; structure works on the latents of the bars before they are decoded.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.theory_form import GATES, LOOKS, OF_BARS
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
    GROUNDS,
    HALVES,
    LEAD,
    LEAD_LOW,
    LEAD_SIZE,
    MODES,
    ONSET,
    QUALITIES,
    SLOTS,
    STATES,
    STEPS,
    SYMBOLS,
    tones,
)
from export.theory.attributes import alike, hard, of_harmony, of_pitch, of_rhythm
from export.theory.axes import Axes
from export.theory.blocks import Latents, Posterior, Reader, Size, Writer, by_step, hot
from export.theory.phrases import Batch
from export.theory.voices import HELD, MIDDLE, MOST, UNIT, heights, spaced
from export.theory.written import decided, levelled, sounding

ATTRIBUTES = ("height", "range", "activity", "syncopation", "comping", "colour", "spread")
"""What the designated dimensions stand for."""
PITCH_MARKS, RHYTHM_MARKS, HARMONY_MARKS = slice(0, 2), slice(2, 5), slice(5, 7)
FACTORS = ("pitch", "rhythm", "harmony", "structure")
OCTAVE_PART = 6.0
"""Semitones from where a line should be at which a pitch is clearly less likely."""
LEAD_MIDDLE, BASS_MIDDLE = 70.0, 43.0
SURE = -2.0
"""Log-deviation of a posterior before training."""
SURER = -3.5
"""The same of a voicing, whose notes lie a semitone apart."""
SHARPEST = -4.5
"""Lowest log-deviation of a posterior."""
TOLD = 12 + SYMBOLS
HEADS = 4
QUIET = 0.1
"""How much the decoder says at first of a chord's pitches, beside where its voices lie."""
MOVES = 0.1
"""Units of height in which the decoder moves the voices of a chord."""
SPREAD = ATTRIBUTES.index("spread")
NARROWEST = 2.0
"""Semitones of spread that a voicing has leave for at least."""
GOES = {"pitch": 2, "rhythm": 2, "harmony": 3}
"""How often each factor is written."""
MOST_MISSED = 1.5
"""Deviations by which a designated dimension is moved at most for what was missed."""
NEAREST = 8.0
"""A line is held to where it should be at least so much, so that where its degrees are those of another one its range
counts more than they do."""
VOICE_OF = (LEAD, LEAD, LEAD, LEAD, CHORDS, CHORDS, CHORDS)
"""Attribute -> the voice that it is measured in."""
NEVER = -1.0e4
"""Logit of what cannot be."""


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
        self.to_degree = nn.Linear(size.width, DEGREES)
        self.to_ground = nn.Linear(BAR // GROUNDS * size.width, DEGREES)
        self.to_chord = nn.Linear(code, 2 * SYMBOLS)
        self.to_rhythm = nn.Linear(code, 2 * size.rhythm)
        self.to_pitch = nn.Linear(code + BAR, 2 * size.pitch)
        self.to_harmony = nn.Linear(code, 2 * size.harmony)
        self.to_marks = nn.ModuleList(nn.Linear(code, 2 * n) for n in (2, 3, 2))
        self.form = nn.Linear(3 * code, 64)
        self.form_place = nn.Parameter(torch.randn(BARS, 64) * 0.1)
        self.look = nn.Linear(64, 3 * 64)
        seen = 2 * BARS * 64 + three * three * BARS
        self.to_structure = nn.Sequential(nn.Linear(seen, 128), nn.ReLU(), nn.Linear(128, 2 * size.structure))
        self.repeats = nn.Parameter(torch.randn(size.structure + 1, GATES + LOOKS) * 0.3)
        self.dictionary = nn.Parameter(torch.randn(three, size.patterns, BAR, STATES) * 0.5)
        self.meaning = nn.Parameter(torch.randn(three, size.patterns, 24) * 0.3)
        self.write_rhythm = Writer(size, three * 24 + size.rhythm + 3, 1, three * STATES)
        self.write_pitch = Writer(size, size.pitch + 2, DEGREES + 1, LEAD_SIZE + 1)
        outputs = CHORDS_SIZE + BASS_SIZE + 1 + MOST
        self.write_harmony = Writer(size, size.harmony + 2, TOLD + DEGREES + 2, outputs)
        # Beside what is read and written step by step, straight ways through: they are learnt at once.
        self.curved = nn.Linear(size.pitch, BAR)
        with torch.no_grad():
            self.write_harmony.outputs.bias[:CHORDS_SIZE] = 1.5  # what lies where a voice does sounds
            self.write_harmony.outputs.weight[:CHORDS_SIZE] *= QUIET
            self.write_harmony.outputs.weight[-MOST:] = 0.0
            # A posterior that begins as wide as its prior says nothing, and is soon not listened to.
            last = (self.to_rhythm, self.to_pitch, self.to_harmony, self.to_structure[-1], *self.to_marks)
            for layer in last:
                layer.bias[layer.out_features // 2 :] = SURE
                layer.weight[: layer.out_features // 2] *= 3.0
            self.to_harmony.bias[size.harmony :] = SURER
        # What is heard is measured along principal axes, and laid out along them.
        self.beats = Axes(BAR * three * STATES, size.rhythm)
        self.voices = Axes(HELD, size.harmony * HELD // (HELD + GROUNDS))
        self.grounds = Axes(GROUNDS, size.harmony - self.voices.count)
        laid = self.voices.count, self.grounds.count
        self.parts = (*laid, size.harmony - sum(laid))
        # Theory first: what a note is called, and what belongs to a chord, need not be learnt.
        self.nearest = nn.Parameter(torch.tensor(0.3))
        self.named = nn.Parameter(torch.tensor(4.0))
        self.sung = nn.Parameter(torch.tensor(3.0))
        self.grounded = nn.Parameter(torch.tensor(3.0))
        self.belongs = nn.Parameter(torch.tensor(1.0))
        self.beaten = nn.Parameter(torch.tensor(4.0))
        self.window = nn.Parameter(torch.tensor([2.0, 3.0]))
        self.near = nn.Parameter(torch.tensor([2.0, 6.0]))
        # Priors: what follows what, and which degree a chord calls for.
        self.next_pattern = nn.Parameter(torch.zeros(three, size.patterns + 1, size.patterns))
        self.next_chord = nn.Parameter(torch.zeros(SYMBOLS + 1, SYMBOLS))
        self.next_degree = nn.Parameter(torch.zeros(DEGREES + 1, DEGREES))
        self.next_ground = nn.Parameter(torch.zeros(DEGREES + 1, DEGREES))
        self.ground_of = nn.Parameter(torch.zeros(SYMBOLS, DEGREES))
        self.degree_of = nn.Parameter(torch.zeros(SYMBOLS, DEGREES))
        self.degree_at = nn.Parameter(torch.zeros(SLOTS, DEGREES))
        self.degree_in = nn.Parameter(torch.zeros(len(MODES), DEGREES))
        classes = torch.from_numpy(np.stack([tones(n) for n in range(SYMBOLS)]))
        self.register_buffer("tones", classes, persistent=False)
        with torch.no_grad():  # a chord calls for its own tones
            self.degree_of.copy_(classes * 1.5)
            self.ground_of.copy_(classes)
            self.ground_of[1:] += F.one_hot(torch.arange(SYMBOLS - 1) // len(QUALITIES), 12)
        ranges = (("lead", LEAD_LOW, LEAD_SIZE), ("chords", CHORDS_LOW, CHORDS_SIZE), ("bass", BASS_LOW, BASS_SIZE))
        for name, low, count in ranges:
            pitch = torch.arange(count) + low
            self.register_buffer(f"{name}_pitch", pitch.float(), persistent=False)
            self.register_buffer(f"{name}_class", F.one_hot(pitch % 12, 12).float(), persistent=False)
        self.register_buffer("exponents", torch.ones(len(OF_BARS)), persistent=False)
        self.register_buffer("middle", torch.zeros(len(ATTRIBUTES)))
        self.register_buffer("unit", torch.ones(len(ATTRIBUTES)))
        self.register_buffer("again", torch.tensor([0.45, 0.28]))
        self.register_buffer("lowest", torch.full((len(ATTRIBUTES),), -3.0))
        self.register_buffer("highest", torch.full((len(ATTRIBUTES),), 3.0))

    def find_axes(self, batch: Batch) -> None:
        """Set the principal axes of bars: of their rhythms, and of how high their chords' voices and basses lie."""
        whole = batch.known.amin(-1) > 0
        states = hot(batch.states, STATES).permute(0, 2, 1, 3)
        self.beats.find(states[whole].reshape(-1, BAR * 3 * STATES))
        held, depth = self._lying(batch.chords, states[:, :, CHORDS, ONSET], hot(batch.bass, BASS_SIZE + 1))
        self.voices.find(held[whole].flatten(0, 1))
        self.grounds.find(depth[whole].flatten(0, 1))

    def _lying(self, chords: Tensor, onset: Tensor, bass: Tensor) -> tuple[Tensor, Tensor]:
        """How high the voices of the chords [B, 4, 80] and the bass [B, 4, 8] lie, by bars."""
        depth = (bass[..., 1:] @ ((self.bass_pitch - BASS_MIDDLE) / OCTAVE_PART)).reshape(-1, BARS, BAR)
        return heights(chords, onset).reshape(-1, BARS, HELD), depth[..., :: BAR // GROUNDS]

    def _beaten(self, guess: Tensor, bars: Tensor, known: Tensor) -> Tensor:
        """Mean and log-deviation [B, 4, 2 R] of rhythm: measured of the voices that are known; where one is not, with
        the guess."""
        there = known[:, None, None, :, None].expand(-1, 1, BAR, 3, STATES).reshape(-1, 1, BAR * 3 * STATES)
        mean, deviation = guess.float().chunk(2, -1)
        hidden = (known.amin(-1) <= 0).to(mean.dtype)[:, None, None]
        return torch.cat([self.beats.measured(bars, there) + hidden * mean, deviation], -1)

    def _voiced(self, guess: Tensor, held: Tensor, depth: Tensor, known: Tensor) -> Tensor:
        """Mean and log-deviation [B, 4, 2 H] of harmony: measured of the voices that are known, else the guess."""
        first, second, rest = self.parts
        parts = guess.float().split([first, second, rest + self.size.harmony], -1)
        chords, bass = (known[:, voice, None, None] > 0 for voice in (CHORDS, BASS))
        held = torch.where(chords, self.voices.measured(held), parts[0])
        depth = torch.where(bass, self.grounds.measured(depth), parts[1])
        return torch.cat([held, depth, parts[2]], -1)

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
        degrees = lead[..., 1:] @ self.lead_class
        chords = batch.chords * known[:, CHORDS, None, None]
        bass = hot(batch.bass, BASS_SIZE + 1) * known[:, BASS, None, None]
        grounds = (bass[..., 1:] @ self.bass_class)[:, :: BAR // GROUNDS]
        symbols = by_step(hot(batch.symbols, SYMBOLS), batch.bar)
        _, rhythm = self.read_rhythm(torch.cat([flat, voices], -1), batch.bar)
        steps, pitch = self.read_pitch(torch.cat([lead, degrees, states[:, LEAD]], -1), batch.bar)
        heard = torch.cat([chords, bass, flat, degrees, self.told(symbols)], -1)
        low, harmony = self.read_harmony(heard, batch.bar)
        held, depth = self._lying(chords, states[:, CHORDS, :, ONSET], bass)
        curve = lead[..., 1:] @ ((self.lead_pitch - LEAD_MIDDLE) / OCTAVE_PART)
        curve = levelled(curve, states[:, LEAD, :, ONSET]).reshape(-1, BARS, BAR)
        here = F.relu(self.form(torch.cat([rhythm, pitch, harmony], -1))) + self.form_place
        query, key, value = self.look(here).reshape(batch.bar.shape[0], BARS, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(query @ key.transpose(-1, -2) * key.shape[-1] ** -0.5, -1)
        seen = (weights @ value).transpose(1, 2).reshape(batch.bar.shape[0], BARS, -1)
        there = known.to(batch.lead.dtype)
        lines = batch.lead * there[:, LEAD, None], batch.bass * there[:, BASS, None]
        likeness = alike(states[..., ONSET], lines[0], chords, lines[1], batch.bar).flatten(1)
        raw = {
            "rhythm": self._beaten(self.to_rhythm(rhythm), flat.reshape(-1, BARS, BAR * 3 * STATES), known),
            "pitch": self.to_pitch(torch.cat([pitch, curve], -1)),
            "harmony": self._voiced(self.to_harmony(harmony), held, depth, known),
            "structure": self.to_structure(torch.cat([torch.cat([here, seen], -1).flatten(1), likeness], -1)),
        }
        marks = [
            to(bars.mean(1)).chunk(2, -1) for to, bars in zip(self.to_marks, (pitch, rhythm, harmony), strict=True)
        ]
        mean = {name: value.chunk(2, -1)[0] for name, value in raw.items()}
        deviation = {name: value.chunk(2, -1)[1].clamp(SHARPEST, 1.0) for name, value in raw.items()}
        mean["marks"] = self.measured(torch.cat([pair[0] for pair in marks], -1), batch)
        deviation["marks"] = torch.cat([pair[1] for pair in marks], -1).clamp(SHARPEST, 1.0)
        odds = F.log_softmax(self.dictionary, -1)
        near = torch.einsum("bvits,vkts->bivk", states.unflatten(2, (BARS, BAR)), odds)
        return Posterior(
            degree=self.to_degree(steps) + self.named * degrees,
            pattern=self.to_pattern(rhythm).reshape(batch.bar.shape[0], BARS, 3, -1) + self.nearest * near,
            chord=self.to_chord(harmony).reshape(batch.bar.shape[0], HALVES, SYMBOLS),
            ground=self.to_ground(low.reshape(batch.bar.shape[0], BARS * GROUNDS, -1)) + self.named * grounds,
            mean=mean,
            deviation=deviation,
        )

    def measured(self, guess: Tensor, batch: Batch) -> Tensor:
        """[B, 7] the attributes of the voices that are known, in deviations; of the others the `guess`."""
        found = (hard(batch.states, batch.lead, batch.chords, batch.bar) - self.middle) / self.unit
        there = (batch.known[:, list(VOICE_OF)] > 0) & ~torch.isnan(found)
        return torch.where(there, found.nan_to_num(), guess)

    def form_table(self) -> Tensor:
        """[S + 1, 14] what a structure says; its first number opens every gate, and turns no look."""
        first = torch.cat([self.repeats[:1, :GATES].abs(), torch.zeros_like(self.repeats[:1, GATES:])], -1)
        return torch.cat([first, self.repeats[1:]])

    def form_of(self, structure: Tensor) -> tuple[Tensor, Tensor]:
        """What structure says: logits [B, 3, 3] of how much each later bar repeats, by factor, and logits [B, 3, 4] of
        the earlier bar that it looks at."""
        size = structure.shape[0]
        table = self.form_table()
        raw = structure @ table[:-1] + table[-1]
        none = torch.full_like(raw[:, :1], NEVER)
        rows = [0 * none, none, none, none, raw[:, 9:11], none, none, raw[:, 11:14], none]
        return raw[:, :GATES].reshape(size, 3, 3), torch.cat(rows, -1).reshape(size, 3, BARS)

    def rhythms(self, latents: Latents, bar: Tensor) -> Tensor:
        """Logits [B, 3, 64, 3] of the voices' states."""
        size = bar.shape[0]
        meaning = torch.einsum("bivk,vkd->bivd", latents.pattern, self.meaning).reshape(size, BARS, -1)
        marks = latents.marks[:, None, RHYTHM_MARKS].expand(-1, BARS, -1)
        last = (torch.arange(STEPS, device=bar.device) % BAR >= bar.unsqueeze(1)).to(meaning.dtype)
        raw = self.write_rhythm(torch.cat([meaning, latents.rhythm, marks], -1), last.unsqueeze(-1), bar)
        known = torch.einsum("bivk,vkts->bvits", latents.pattern, self.dictionary).reshape(size, 3, STEPS, STATES)
        raw = raw + self.beaten * self.beats.laid(latents.rhythm).reshape(size, STEPS, -1)
        return known + raw.reshape(size, STEPS, 3, STATES).transpose(1, 2)

    def leads(self, latents: Latents, bar: Tensor, onsets: Tensor) -> Tensor:
        """Logits [B, 64, 56] of the lead's pitch, were there a note; `onsets` [B, 64] says where there is."""
        marks = latents.marks[:, None, PITCH_MARKS].expand(-1, BARS, -1)
        features = torch.cat([latents.degree, onsets.unsqueeze(-1)], -1)
        found: Tensor = self.write_pitch(torch.cat([latents.pitch, marks], -1), features, bar)
        curve = levelled((found[..., -1] + self.curved(latents.pitch).reshape(-1, STEPS)).float(), onsets).unsqueeze(-1)
        middle, width = (self.middle[n] + self.unit[n] * latents.marks[:, None, n : n + 1] for n in range(2))
        height = middle + width.clamp(min=0.0) * curve
        away = self.near[0].clamp(min=NEAREST) * ((self.lead_pitch - height) / OCTAVE_PART).square()
        return found[..., :-1] + self.sung * latents.degree @ self.lead_class.T - away

    def voicings(self, latents: Latents, bar: Tensor, onsets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [B, 64, 56] of each pitch of the chords and [B, 64, 40] of the bass's; `onsets` [B, 2, 64]."""
        marks = latents.marks[:, None, HARMONY_MARKS].expand(-1, BARS, -1)
        told = by_step(self.told(latents.chord), bar)
        ground = latents.ground.repeat_interleave(BAR // GROUNDS, 1)
        features = torch.cat([told, ground, onsets.transpose(1, 2)], -1)
        raw = self.write_harmony(torch.cat([latents.harmony, marks], -1), features, bar)
        chords, bass, height, moves = raw.split([CHORDS_SIZE, BASS_SIZE, 1, MOST], -1)
        held, lower, _ = latents.harmony.split(self.parts, -1)
        depth = height + self.grounds.laid(lower).flatten(1).repeat_interleave(BAR // GROUNDS, 1).unsqueeze(-1)
        away = self.near[1] * ((self.bass_pitch - BASS_MIDDLE) / OCTAVE_PART - depth).square()
        voices = self.voices.laid(held).reshape(-1, STEPS, MOST) + MOVES * moves.float()
        width = self.middle[SPREAD] + self.unit[SPREAD] * latents.marks[:, SPREAD].float()
        voices = MIDDLE + UNIT * spaced(voices, onsets[:, 0], width.clamp(min=NARROWEST))
        # Far notes are unlikely and not impossible: there may be more of them than voices.
        nearest = (self.chords_pitch - voices.detach().unsqueeze(-1)).abs().argmin(2)
        outside = self.chords_pitch - voices.gather(-1, nearest)
        outside = self.window[1] * torch.log1p((self.window[0] * outside).square())
        return (
            chords - outside + self.belongs * told[..., :12] @ self.chords_class.T,
            bass + self.grounded * ground @ self.bass_class.T - away,
        )

    def decode(self, latents: Latents, bar: Tensor, told: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of states [B, 3, 64, 3], lead [B, 64, 56], chords [B, 64, 56] and bass [B, 64, 40].

        The pitches are for the onsets of `told` [B, 3, 64], and where that is negative for those that the rhythm
        decides on. Each factor is written, measured, and written again with its designated dimensions moved by what was
        missed; what comes nearest to them is kept.
        """

        def beats(states: Tensor) -> Tensor:
            return (decided(states, told) == ONSET).to(latents.marks.dtype)

        (states,) = self._nearer(
            latents,
            RHYTHM_MARKS,
            GOES["rhythm"],
            lambda moved: (self.rhythms(moved, bar),),
            lambda found: of_rhythm(beats(*found), bar),
        )
        onset = beats(states)
        (lead,) = self._nearer(
            latents,
            PITCH_MARKS,
            GOES["pitch"],
            lambda moved: (self.leads(moved, bar, onset[:, LEAD]),),
            lambda found: of_pitch(onset, hot(found[0].argmax(-1), LEAD_SIZE), bar),
        )
        chords, bass = self._nearer(
            latents,
            HARMONY_MARKS,
            GOES["harmony"],
            lambda moved: self.voicings(moved, bar, onset[:, CHORDS:]),
            lambda found: of_harmony(onset, sounding(found[0]), bar),
        )
        return states, lead, chords, bass

    def _nearer(
        self,
        latents: Latents,
        marks: slice,
        goes: int,
        write: Callable[[Latents], tuple[Tensor, ...]],
        measure: Callable[[tuple[Tensor, ...]], Tensor],
    ) -> tuple[Tensor, ...]:
        """The one of so many goes whose attributes are nearest to the `marks` that they are designated by."""

        def missed(found: tuple[Tensor, ...]) -> Tensor:
            short = latents.marks[:, marks] - (measure(found) - self.middle[marks]) / self.unit[marks]
            return torch.where(torch.isnan(short), 0.0, short)

        best = write(latents)
        short = missed(best)
        least, moved = short.abs().sum(-1), latents.marks[:, marks]
        for _ in range(goes - 1):
            moved = moved + short.clamp(-MOST_MISSED, MOST_MISSED)
            whole = [latents.marks[:, : marks.start], moved, latents.marks[:, marks.stop :]]
            found = write(latents._replace(marks=torch.cat(whole, -1)))
            short = missed(found)
            over = short.abs().sum(-1) < least
            best = tuple(
                torch.where(over.reshape(-1, *[1] * (new.dim() - 1)), new, old)
                for new, old in zip(found, best, strict=True)
            )
            least = torch.minimum(least, short.abs().sum(-1))
        return best

    def degree_prior(self, chord: Tensor, before: Tensor, mode: Tensor, bar: Tensor) -> Tensor:
        """Logits [B, 64, 12] of the degrees, given chords [B, 8, 85], the degrees before [B, 64, 13] and the mode."""
        calls = by_step(chord @ self.degree_of, bar)
        at = self.degree_at.repeat(BARS, 1)
        return calls + before @ self.next_degree + at + self.degree_in[mode].unsqueeze(1)

    def ground_prior(self, chord: Tensor, before: Tensor, bar: Tensor) -> Tensor:
        """Logits [B, 32, 12] of the bass's degrees, given chords [B, 8, 85] and the degrees before [B, 32, 13]."""
        return by_step(chord @ self.ground_of, bar)[:, :: BAR // GROUNDS] + before @ self.next_ground
