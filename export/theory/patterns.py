"""The dictionary of rhythms, as a musician can read it."""

import torch

from bridge.engine.theory_layout import VOICES
from export.families.theory_vae import TheoryVae
from export.theory.phrases import Batch

SIGNS = ".=x"
SHOWN = 6
"""Entries of each voice that are shown."""


def table(net: TheoryVae, batch: Batch) -> str:
    """The most used entries of each voice, with the share of bars that use them."""
    with torch.no_grad():
        used = net.encode(batch).pattern.argmax(-1)
    lines = []
    for voice, name in enumerate(VOICES):
        counts = torch.bincount(used[:, :, voice].flatten(), minlength=net.size.patterns)
        for entry in counts.argsort(descending=True)[:SHOWN].tolist():
            states = net.dictionary[voice, entry].argmax(-1).tolist()
            share = 100 * float(counts[entry]) / float(counts.sum())
            lines.append(f"{name:<7}{''.join(SIGNS[state] for state in states)}{share:6.1f} %")
    return "\n".join(lines)
