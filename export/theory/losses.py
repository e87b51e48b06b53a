"""What the music-theory VAE is trained for: reconstruction, a prior for each factor, and factors that keep apart."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from bridge.engine.theory_key import MOST_STEPS, rotations
from bridge.engine.theory_layout import BAR, BARS, BASS, CHORDS, LEAD, ONSET, STEPS
from export.families.theory_vae import PITCH_MARKS, RHYTHM_MARKS, TheoryVae
from export.theory.attributes import attributes, hard, overlaps, repetition
from export.theory.blocks import Latents, Posterior
from export.theory.phrases import Batch

HEAT = 0.7
"""Temperature of the Gumbel-softmax by which categories are drawn."""
FREE = 0.05
"""Nats that a Gaussian dimension is given free."""
SEMITONES_A_STEP = 12 / 7
_ROTATIONS = torch.from_numpy(rotations())


def likely(batch: Batch) -> Tensor:
    """[B, 7] the attributes of a batch's phrases in their units; NaN where a voice is missing."""
    return hard(batch.states, batch.lead, batch.chords, batch.bar)


def drawn(posterior: Posterior, noise: float = 1.0) -> Latents:
    """One draw of every latent, categories one-hot with the gradient of the soft ones; `noise` below 1 draws likelier
    categories."""
    mean, spread = posterior.mean, posterior.deviation
    normal = {name: mean[name] + torch.randn_like(mean[name]) * spread[name].exp() for name in mean}
    degree, pattern, chord = (
        functional.gumbel_softmax(part.float() / noise, HEAT / noise, hard=True)
        for part in (posterior.degree, posterior.pattern, posterior.chord)
    )
    return Latents(
        degree, normal["pitch"], pattern, normal["rhythm"], chord, normal["harmony"], normal["structure"],
        normal["marks"],
    )  # fmt: skip


def likeliest(posterior: Posterior) -> Latents:
    """The middle of the posterior."""
    degree, pattern, chord = (
        functional.one_hot(part.argmax(-1), part.shape[-1]).float()
        for part in (posterior.degree, posterior.pattern, posterior.chord)
    )
    mean = posterior.mean
    return Latents(
        degree, mean["pitch"], pattern, mean["rhythm"], chord, mean["harmony"], mean["structure"], mean["marks"]
    )


def reconstruction(model: TheoryVae, latents: Latents, batch: Batch) -> dict[str, Tensor]:
    """Nats of each part of a phrase, the mean over the batch."""
    shaped = model.shape(latents, (batch.symbols > 0).float() * 0)
    used = _used(batch)
    states = model.rhythms(shaped, batch.bar).float()
    onset = (batch.states == ONSET).float()
    miss = functional.cross_entropy(states.flatten(0, 2), batch.states.flatten(), reduction="none").view_as(onset)
    lead = model.leads(shaped, batch.bar, onset[:, LEAD]).float()
    chords, bass = (part.float() for part in model.voicings(shaped, batch.bar, onset[:, CHORDS:]))
    struck = onset * used.unsqueeze(1)
    sung = functional.cross_entropy(lead.flatten(0, 1), (batch.lead - 1).clamp(min=0).flatten(), reduction="none")
    low = functional.cross_entropy(bass.flatten(0, 1), (batch.bass - 1).clamp(min=0).flatten(), reduction="none")
    held = functional.binary_cross_entropy_with_logits(chords, batch.chords, reduction="none").sum(-1)
    return {
        "rhythm": (miss * used.unsqueeze(1) * batch.known.unsqueeze(-1)).sum((1, 2)).mean(),
        "lead": (sung.view_as(batch.lead) * struck[:, LEAD]).sum(-1).mean(),
        "chords": (held * struck[:, CHORDS]).sum(-1).mean(),
        "bass": (low.view_as(batch.bass) * struck[:, BASS]).sum(-1).mean(),
    }


def divergence(model: TheoryVae, posterior: Posterior, latents: Latents, batch: Batch) -> dict[str, Tensor]:
    """Nats by which the posterior of each factor differs from its prior [B, n], by latent."""
    found: dict[str, Tensor] = {}
    for name, mean in posterior.mean.items():
        log = posterior.deviation[name]
        found[name] = (0.5 * (mean.square() + (2 * log).exp()) - log - 0.5).flatten(1)
    chord, pattern, degree = (_before(part.detach()) for part in (latents.chord, latents.pattern, latents.degree))
    voices = torch.einsum("bivk,vkn->bivn", pattern, model.next_pattern)
    melody = model.degree_prior(latents.chord.detach(), degree, batch.mode, batch.bar)
    found["chord"] = _categorical(posterior.chord, chord @ model.next_chord)
    found["pattern"] = _categorical(posterior.pattern, voices).flatten(1)
    found["degree"] = _categorical(posterior.degree, melody)
    return found


def apart(model: TheoryVae, latents: Latents, batch: Batch, goal: Tensor) -> Tensor:
    """How far attributes [B, 7] are from where they should be (`goal`: now, in deviations) after the rhythm of one
    phrase was put under the pitches and chords of another and designated dimensions were moved."""
    size = len(batch)
    other = torch.randperm(size)
    moves = (torch.rand(size, 7) * 5 - 2.5) * (torch.rand(size, 7) < 0.5)
    steps = (moves[:, 0] * model.unit[0] / SEMITONES_A_STEP).round().clamp(-MOST_STEPS, MOST_STEPS)
    moves[:, 0] = torch.where(moves[:, 0].abs() > 0, steps * SEMITONES_A_STEP / model.unit[0], moves[:, 0])
    turned = torch.einsum("bsd,bde->bse", latents.degree, _ROTATIONS[(steps + MOST_STEPS).long()])
    marks, goal = latents.marks.clone(), goal.clone()
    marks[:, RHYTHM_MARKS], goal[:, RHYTHM_MARKS] = latents.marks[other, RHYTHM_MARKS], goal[other, RHYTHM_MARKS]
    swapped = latents._replace(
        degree=turned, pattern=latents.pattern[other], rhythm=latents.rhythm[other], marks=marks + moves
    )
    bar = batch.bar[other]
    shaped = model.shape(swapped, torch.zeros(size, 2 * BARS))
    states = model.rhythms(shaped, bar).float()
    struck = (states.argmax(-1) == ONSET).float().detach()
    lead = torch.softmax(model.leads(shaped, bar, struck[:, LEAD]).float() * 2, -1)
    chords = torch.sigmoid(model.voicings(shaped, bar, struck[:, CHORDS:])[0].float() * 2)
    onset = torch.softmax(states * 2, -1)[..., ONSET]
    # Where bars differ in length a phrase's rhythm cannot be put under another's chords; it still has its own.
    found = (attributes(onset, lead, chords, bar, struck) - model.middle) / model.unit
    wanted = torch.minimum(torch.maximum(goal + moves, model.lowest), model.highest)
    there = torch.isfinite(found) & torch.isfinite(wanted)
    miss = functional.smooth_l1_loss(torch.nan_to_num(found), torch.nan_to_num(wanted), reduction="none", beta=0.3)
    return (miss * there).sum() / there.sum().clamp(min=1) * 7


def marked(model: TheoryVae, posterior: Posterior, goal: Tensor, batch: Batch) -> Tensor:
    """How far the designated dimensions are from their attributes [B, 7], and structure's from its own."""
    there = torch.isfinite(goal)
    miss = ((posterior.mean["marks"] - torch.nan_to_num(goal)).square() * there).sum() / there.sum().clamp(min=1) * 7
    again = (repetition(batch.states, batch.lead, batch.chords, batch.bass) - model.again[0]) / model.again[1]
    return miss + (posterior.mean["structure"][:, 0] - again).square().mean()


def unused(posterior: Posterior) -> Tensor:
    """Nats by which a batch uses the dictionary of rhythms less evenly than it could, the mean over voices."""
    share = functional.softmax(posterior.pattern.float(), -1).mean((0, 1))
    entropy = -(share * share.clamp(min=1e-6).log()).sum(-1)
    return math.log(share.shape[-1]) - entropy.mean()


def formed(model: TheoryVae, latents: Latents, batch: Batch) -> Tensor:
    """How far gates and attention are from what repeats in a phrase."""
    gates, look = model.form_of(latents.structure.float())
    likeness = alike(batch)
    best = likeness.amax(-1)
    miss = functional.binary_cross_entropy(gates.clamp(1e-4, 1 - 1e-4), best.pow(6))
    most = likeness.mean(2).argmax(-1, keepdim=True)
    sure = best.pow(6).mean(-1)
    return miss - (sure * look.clamp(min=1e-4).gather(-1, most).squeeze(-1).log()).mean()


def alike(batch: Batch) -> Tensor:
    """[B, 3, 3, 4] how alike a later bar is to each before it, in pitch, rhythm and harmony (0 to 1)."""
    size, used = len(batch), _used(batch)
    onset = (batch.states == ONSET).float() * used.unsqueeze(1) * batch.known.unsqueeze(-1)
    rhythm = onset.reshape(size, 3, BARS, BAR).transpose(1, 2).flatten(2)
    line = functional.one_hot(batch.lead, 64).float() * used.unsqueeze(-1)
    low = functional.one_hot(batch.bass, 64).float() * used.unsqueeze(-1)
    voiced = torch.cat([batch.chords * used.unsqueeze(-1), low], -1)
    kinds = (line.reshape(size, BARS, -1), rhythm, voiced.reshape(size, BARS, -1))
    return torch.stack([overlaps(kind) for kind in kinds], 2)


def covariance(posterior: Posterior, goal: Tensor) -> Tensor:
    """How much of the attributes [B, 7] the bars' own latents still tell: squared correlations, summed."""
    total = torch.zeros(())
    for name, columns in (("pitch", PITCH_MARKS), ("rhythm", RHYTHM_MARKS), ("harmony", slice(5, 7))):
        values = posterior.mean[name].float().mean(1)
        aims = goal[:, columns]
        whole = torch.isfinite(aims).all(-1)
        if int(whole.sum()) < 8:
            continue
        a, b = _standard(values[whole]), _standard(aims[whole])
        total = total + (a.T @ b / len(a)).square().sum()
    return total


def _standard(x: Tensor) -> Tensor:
    return (x - x.mean(0)) / (x.std(0) + 1e-3)


def _used(batch: Batch) -> Tensor:
    return (torch.arange(STEPS) % BAR < batch.bar.unsqueeze(1)).float()


def _before(draw: Tensor) -> Tensor:
    """One-hot draws [B, n, ..., K] moved on by one place, with a class more for what comes before the first."""
    padded = functional.pad(draw, (0, 1))
    first = torch.zeros_like(padded[:, :1])
    first[..., -1] = 1.0
    return torch.cat([first, padded[:, :-1]], 1)


def _categorical(logits: Tensor, prior: Tensor) -> Tensor:
    log = functional.log_softmax(logits.float(), -1)
    return (log.exp() * (log - functional.log_softmax(prior.float(), -1))).sum(-1)


def symbol_miss(posterior: Posterior, labels: Tensor) -> Tensor:
    """Nats by which the chords are missed that a piece says it has; 0 where it says none."""
    miss = functional.cross_entropy(posterior.chord.float().flatten(0, 1), labels.flatten(), reduction="none").view_as(
        labels
    )
    said = (labels > 0).float()
    return (miss * said).sum(-1).mean()
