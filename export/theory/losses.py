"""What the music-theory VAE is trained for: reconstruction, a prior for each factor, and factors that keep apart."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from bridge.engine.theory_idea import LEAST_RANGE, MOST_WIDER, SEMITONES_A_STEP
from bridge.engine.theory_key import MOST_STEPS, rotations
from bridge.engine.theory_layout import BAR, BARS, BASS, CHORDS, LEAD, ONSET, STATES, STEPS
from export.families.theory_vae import HARMONY_MARKS, PITCH_MARKS, RHYTHM_MARKS, TheoryVae
from export.theory.attributes import alike, attributes, hard, of_harmony, repetition
from export.theory.blocks import Latents, Posterior, by_step
from export.theory.phrases import Batch
from export.theory.voices import followed
from export.theory.written import sounding

EXCHANGED = 0.6
"""Share of phrases, and of their later bars, that are given bars of others to learn that attributes stay."""
HEAT = 0.7
"""Temperature of the Gumbel-softmax by which categories are drawn."""
LOOSE = 0.4
"""Share of these whose latents are each from another phrase."""
TOLD = 0.3
"""Share of phrases that are given the chords of another."""
HARDER = torch.tensor([1.0, 1.0, 1.0, 1.5, 1.0, 1.0, 3.0])
"""What an attribute's miss counts: the harder it is to learn the more."""
FREE = 0.05
"""Nats that a Gaussian dimension is given free."""
_ROTATIONS = torch.from_numpy(rotations())


def likely(batch: Batch) -> Tensor:
    """[B, 7] the attributes of a batch's phrases in their units; NaN where a voice is missing."""
    return hard(batch.states, batch.lead, batch.chords, batch.bar)


def drawn(posterior: Posterior, noise: float = 1.0) -> Latents:
    """One draw of every latent, categories one-hot with the gradient of the soft ones; `noise` below 1 draws likelier
    categories."""
    mean, spread = posterior.mean, posterior.deviation
    normal = {name: mean[name] + torch.randn_like(mean[name]) * spread[name].exp() for name in mean}
    degree, pattern, chord, ground = (
        functional.gumbel_softmax(part.float() / noise, HEAT / noise, hard=True)
        for part in (posterior.degree, posterior.pattern, posterior.chord, posterior.ground)
    )
    return Latents(
        degree, normal["pitch"], pattern, normal["rhythm"], chord, ground, normal["harmony"],
        normal["structure"], normal["marks"],
    )  # fmt: skip


def likeliest(posterior: Posterior) -> Latents:
    """The middle of the posterior."""
    degree, pattern, chord, ground = (
        functional.one_hot(part.argmax(-1), part.shape[-1]).float()
        for part in (posterior.degree, posterior.pattern, posterior.chord, posterior.ground)
    )
    mean = posterior.mean
    return Latents(
        degree,
        mean["pitch"],
        pattern,
        mean["rhythm"],
        chord,
        ground,
        mean["harmony"],
        mean["structure"],
        mean["marks"],
    )


def reconstruction(model: TheoryVae, latents: Latents, batch: Batch, heard: Tensor) -> dict[str, Tensor]:
    """Nats of each part of a phrase, the mean over the batch; `heard` [B, 3] is what pitches of each voice count."""
    used = _used(batch)
    states = model.rhythms(latents, batch.bar).float()
    onset = (batch.states == ONSET).float()
    miss = functional.cross_entropy(states.flatten(0, 2), batch.states.flatten(), reduction="none").view_as(onset)
    lead = model.leads(latents, batch.bar, onset[:, LEAD]).float()
    chords, bass = (part.float() for part in model.voicings(latents, batch.bar, onset[:, CHORDS:]))
    struck = onset * used.unsqueeze(1)
    sung = functional.cross_entropy(lead.flatten(0, 1), (batch.lead - 1).clamp(min=0).flatten(), reduction="none")
    low = functional.cross_entropy(bass.flatten(0, 1), (batch.bass - 1).clamp(min=0).flatten(), reduction="none")
    held = functional.binary_cross_entropy_with_logits(chords, batch.chords, reduction="none").sum(-1)
    return {
        "rhythm": (miss * used.unsqueeze(1) * batch.known.unsqueeze(-1)).sum((1, 2)).mean(),
        "lead": ((sung.view_as(batch.lead) * struck[:, LEAD]).sum(-1) * heard[:, LEAD]).mean(),
        "chords": ((held * struck[:, CHORDS]).sum(-1) * heard[:, CHORDS]).mean(),
        "bass": ((low.view_as(batch.bass) * struck[:, BASS]).sum(-1) * heard[:, BASS]).mean(),
    }


def divergence(model: TheoryVae, posterior: Posterior, latents: Latents, batch: Batch) -> dict[str, Tensor]:
    """Nats by which the posterior of each factor differs from its prior [B, n], by latent."""
    found: dict[str, Tensor] = {}
    for name, mean in posterior.mean.items():
        log = posterior.deviation[name]
        found[name] = (0.5 * (mean.square() + (2 * log).exp()) - log - 0.5).flatten(1)
    chord, pattern, degree, ground = (
        _before(part.detach()) for part in (latents.chord, latents.pattern, latents.degree, latents.ground)
    )
    voices = torch.einsum("bivk,vkn->bivn", pattern, model.next_pattern)
    melody = model.degree_prior(latents.chord.detach(), degree, batch.mode, batch.bar)
    found["chord"] = _categorical(posterior.chord, chord @ model.next_chord)
    found["pattern"] = _categorical(posterior.pattern, voices).flatten(1)
    found["ground"] = _categorical(posterior.ground, model.ground_prior(latents.chord.detach(), ground, batch.bar))
    found["degree"] = _categorical(posterior.degree, melody)
    return found


def apart(model: TheoryVae, latents: Latents, batch: Batch, goal: Tensor) -> Tensor:
    """How far attributes [B, 7] are from where they should be (`goal`: now, in deviations) after the rhythm of one
    phrase was put under the pitches and chords of another, later bars were exchanged, as happens where their form is
    another, and designated dimensions were moved."""
    size = len(batch)
    latents = _exchanged(latents)
    other = torch.randperm(size)
    moves = (torch.rand(size, 7) * 5 - 2.5) * (torch.rand(size, 7) < 0.5)
    steps = (moves[:, 0] * model.unit[0] / SEMITONES_A_STEP).round().clamp(-MOST_STEPS, MOST_STEPS)
    moves[:, 0] = torch.where(moves[:, 0].abs() > 0, steps * SEMITONES_A_STEP / model.unit[0], moves[:, 0])
    wanted = torch.minimum(torch.maximum(torch.nan_to_num(goal) + moves, model.lowest), model.highest)
    along = (steps.unsqueeze(-1) + _widened(model, goal[:, 1], wanted[:, 1], batch)).clamp(-MOST_STEPS, MOST_STEPS)
    turned = torch.einsum("bsd,bsde->bse", latents.degree, _ROTATIONS[(along + MOST_STEPS).long()])
    marks, goal = latents.marks.clone(), goal.clone()
    marks[:, RHYTHM_MARKS], goal[:, RHYTHM_MARKS] = latents.marks[other, RHYTHM_MARKS], goal[other, RHYTHM_MARKS]
    swapped = latents._replace(
        degree=turned, pattern=latents.pattern[other], rhythm=latents.rhythm[other], marks=_within(model, marks, moves)
    )
    bar = batch.bar[other]
    states = model.rhythms(swapped, bar).float()
    struck = (states.argmax(-1) == ONSET).float().detach()
    lead = model.leads(swapped, bar, struck[:, LEAD]).float()
    chords = model.voicings(swapped, bar, struck[:, CHORDS:])[0].float()
    # Where bars differ in length a phrase's rhythm cannot be put under another's chords; it still has its own.
    found = (_measured(states, lead, chords, bar) - model.middle) / model.unit
    wanted = torch.minimum(torch.maximum(goal + moves, model.lowest), model.highest)
    there = torch.isfinite(found) & torch.isfinite(wanted)
    miss = functional.smooth_l1_loss(torch.nan_to_num(found), torch.nan_to_num(wanted), reduction="none", beta=0.3)
    return (miss * there * HARDER).sum() / there.sum().clamp(min=1) * 7


def obeyed(model: TheoryVae, latents: Latents, batch: Batch, heard: Tensor) -> Tensor:
    """Nats by which chords miss where they should lie when the phrase is told the chords of the one before it: on the
    tones that are next to its own notes; `heard` as above."""
    chord = latents.chord.roll(1, 0)
    own, told = (by_step(part, batch.bar).argmax(-1) for part in (latents.chord, chord))
    goal = followed(batch.chords, own, told)
    onset = (batch.states == ONSET).float() * _used(batch).unsqueeze(1)
    like = (of_harmony(onset, goal, batch.bar) - model.middle[HARMONY_MARKS]) / model.unit[HARMONY_MARKS]
    marks = latents.marks.clone()
    marks[:, HARMONY_MARKS] = torch.where(torch.isnan(like), marks[:, HARMONY_MARKS], like.nan_to_num().to(marks.dtype))
    found = model.voicings(latents._replace(chord=chord, marks=marks), batch.bar, onset[:, CHORDS:])[0].float()
    miss = functional.binary_cross_entropy_with_logits(found, goal, reduction="none").sum(-1)
    return ((miss * onset[:, CHORDS]).sum(-1) * heard[:, CHORDS]).mean()


def _exchanged(latents: Latents) -> Latents:
    """Some later bars of some phrases with the pitches, rhythm or harmony of those of others, some with each latent of
    a bar from another one, as are bars that are drawn; and some chords with those of others, as are chords told."""
    size = len(latents.degree)
    found = {}
    for names in (("degree", "pitch"), ("pattern", "rhythm"), ("chord", "ground", "harmony")):
        other, loose = torch.randperm(size), torch.rand(size) < LOOSE
        swap = (torch.rand(size, BARS) < EXCHANGED) & (torch.rand(size, 1) < EXCHANGED)
        swap[:, 0] = False
        for name in names:
            bars = getattr(latents, name)
            rows = bars.reshape(size, BARS, -1)
            theirs = rows[torch.where(loose, torch.randperm(size), other)]
            found[name] = torch.where(swap.unsqueeze(-1), theirs, rows).reshape(bars.shape)
    told = (torch.rand(size) < TOLD)[:, None, None]
    found["chord"] = torch.where(told, found["chord"][torch.randperm(size)], found["chord"])
    return latents._replace(**found)


def _measured(states: Tensor, lead: Tensor, chords: Tensor, bar: Tensor) -> Tensor:
    """[B, 7] the attributes of the notes that logits decide on, learnt from by those of probabilities."""
    struck = (states.argmax(-1) == ONSET).float().detach()
    onset = functional.softmax(states, -1)[..., ONSET]
    soft = attributes(onset, functional.softmax(lead, -1), torch.sigmoid(chords), bar, struck)
    with torch.no_grad():
        line = functional.one_hot(lead.argmax(-1), lead.shape[-1]).float()
        played = attributes(struck, line, sounding(chords), bar)
    return soft + (played - soft).detach()


def _within(model: TheoryVae, marks: Tensor, moves: Tensor) -> Tensor:
    """Marks [B, 7] moved as far as music goes, and no further."""
    return torch.minimum(torch.maximum(marks + moves, marks.minimum(model.lowest)), marks.maximum(model.highest))


def _widened(model: TheoryVae, before: Tensor, after: Tensor, batch: Batch) -> Tensor:
    """Steps of the scale [B, 64] by which a line's range goes from one to another [B], in deviations."""
    was, will = (torch.nan_to_num(model.middle[1] + model.unit[1] * each).clamp(min=0.0) for each in (before, after))
    onset = onsets(batch)[:, LEAD]
    pitch = batch.lead.float()
    away = pitch - (onset * pitch).sum(-1, keepdim=True) / onset.sum(-1, keepdim=True).clamp(min=1.0)
    ratio = (will / was.clamp(min=LEAST_RANGE)).clamp(max=MOST_WIDER)
    return ((ratio.unsqueeze(-1) - 1) * away / SEMITONES_A_STEP).round()


def marked(model: TheoryVae, posterior: Posterior, goal: Tensor, batch: Batch) -> Tensor:
    """How far the designated dimensions are from their attributes [B, 7], and structure's from its own."""
    there = torch.isfinite(goal)
    miss = ((posterior.mean["marks"] - torch.nan_to_num(goal)).square() * there).sum() / there.sum().clamp(min=1) * 7
    again = (repetition(batch.states, batch.lead, batch.chords, batch.bass, batch.bar) - model.again[0]) / model.again[
        1
    ]
    return miss + (posterior.mean["structure"][:, 0] - again).square().mean()


def unused(posterior: Posterior) -> Tensor:
    """Nats by which a batch uses the dictionary of rhythms less evenly than it could, the mean over voices."""
    share = functional.softmax(posterior.pattern.float(), -1).mean((0, 1))
    entropy = -(share * share.clamp(min=1e-6).log()).sum(-1)
    return math.log(share.shape[-1]) - entropy.mean()


def by_rote(model: TheoryVae, posterior: Posterior, batch: Batch) -> Tensor:
    """Nats of the rhythm by the dictionary alone, so that its entries are rhythms and the likeliest is the nearest."""
    odds = functional.log_softmax(model.dictionary, -1)
    states = functional.one_hot(batch.states, STATES).float().unflatten(2, (BARS, BAR))
    states = states * _used(batch).reshape(-1, 1, BARS, BAR, 1) * batch.known[:, :, None, None, None]
    miss = -torch.einsum("bvits,vkts->bivk", states, odds)
    return (functional.softmax(posterior.pattern.float(), -1) * miss).sum((1, 2, 3)).mean()


def formed(model: TheoryVae, latents: Latents, batch: Batch) -> Tensor:
    """Nats by which structure misses what repeats in a phrase: how much of each later bar, and of which bar."""
    gates, look = model.form_of(latents.structure.float())
    likeness = alike(onsets(batch), batch.lead, batch.chords, batch.bass, batch.bar)
    most = likeness.mean(2).argmax(-1, keepdim=True)
    best = likeness.gather(-1, most.unsqueeze(2).expand(-1, -1, 3, -1)).squeeze(-1)
    miss = functional.binary_cross_entropy_with_logits(gates, best, reduction="none") + _entropy(best)
    aside = functional.log_softmax(look, -1).gather(-1, most).squeeze(-1) * best.mean(-1)
    return (miss.sum((1, 2)) - aside.sum(-1)).mean()


def onsets(batch: Batch) -> Tensor:
    """[B, 3, 64] 1 where a note begins in a voice that is known."""
    return (batch.states == ONSET).float() * batch.known.unsqueeze(-1)


def _entropy(share: Tensor) -> Tensor:
    sure = share.clamp(1e-4, 1 - 1e-4)
    return sure * sure.log() + (1 - sure) * (1 - sure).log()


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
