"""How latents come again where notes do, so that a form that is told in notes can be given to latents."""

import numpy as np
import torch
from torch import Tensor

from bridge.engine.theory_form import FACTORS, OF_BARS, shares
from export.families.theory_vae import TheoryVae
from export.theory.attributes import alike
from export.theory.losses import likeliest, onsets
from export.theory.phrases import Batch

TRIED = np.geomspace(0.5, 8.0, 33)
"""Powers that are tried."""


def exponents(model: TheoryVae, batch: Batch) -> Tensor:
    """[7] the power of the share of notes that best tells the share of each latent, in the order of OF_BARS."""
    with torch.no_grad():
        found = likeliest(model.encode(batch))
    likeness = alike(onsets(batch), batch.lead, batch.chords, batch.bass, batch.bar).numpy()
    looks = likeness.mean(2).argmax(-1)
    notes = np.take_along_axis(likeness, looks[:, :, None, None], -1)[..., 0]
    rows = [
        shares({name: getattr(found, name)[n].numpy() for name in OF_BARS}, look)
        for n, look in enumerate(looks.tolist())
    ]
    best = []
    for name, factor in OF_BARS.items():
        share = np.array([row[name] for row in rows])
        miss = [float(np.square(share - notes[..., FACTORS.index(factor)] ** power).mean()) for power in TRIED]
        best.append(float(TRIED[int(np.argmin(miss))]))
    return torch.tensor(best)
