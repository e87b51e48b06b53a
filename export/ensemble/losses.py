"""What the accompanist is trained to do, and how it is judged on held-out pieces."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from bridge.engine.codec import FIELDS, PARTS, Part
from bridge.engine.ensemble_controls import NOW
from export.families.transformer import Accompanist, Sheet

PART_WEIGHTS = {Part.HELD: 0.5, Part.RELEASE: 0.15, Part.LEAD: 1.0, Part.CHORDS: 1.0, Part.BASS: 1.0, Part.DRUMS: 1.0}
FIELD_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 0.3)
BAND = (Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS)
LEARNT = {"duration": (*BAND,), "velocity": (Part.HELD, *BAND)}
"""Fields that not every part has."""


def foretell(model: Accompanist, sheet: Sheet) -> tuple[list[Tensor], Sheet, Tensor]:
    """Logits of what comes after every event that has one in its stream, the events that came, and their chords."""
    top = model.think(sheet)
    goes_on = sheet.stream[:, 1:] == sheet.stream[:, :-1]
    then = Sheet(*(getattr(sheet, name)[:, 1:][goes_on] for name in sheet.__struct_fields__))
    chords = then.controls[:, NOW]
    return model.foretell(top[:, :-1][goes_on], sheet.places[:, :-1][goes_on], then, chords), then, chords


def losses(logits: list[Tensor], events: Tensor) -> list[Tensor]:
    """NLL in nats of each field [N]."""
    return [F.cross_entropy(logit.float(), events[:, n], reduction="none") for n, logit in enumerate(logits)]


def weigh(parts: list[Tensor], then: Sheet) -> Tensor:
    """The training loss: mean NLL, weighted by whose event and which field it is."""
    voice = then.events[:, 0]
    table = torch.zeros(PARTS, device=voice.device)
    for part, weight in PART_WEIGHTS.items():
        table[part] = weight
    who = table[voice] * then.worth
    total = torch.zeros_like(parts[0])
    for n, (name, nll) in enumerate(zip(FIELDS, parts, strict=True)):
        use = torch.ones_like(who)
        if name in LEARNT:
            use = torch.isin(voice, torch.tensor(LEARNT[name], device=voice.device)).float()
        if name == "velocity":
            use = use * then.dynamics
        total = total + FIELD_WEIGHTS[n] * nll * use
    return (total * who).sum() / who.sum().clamp(min=1.0)


class Tally:
    """Sums of NLL by part and field."""

    def __init__(self) -> None:
        self.sums = np.zeros((PARTS, len(FIELDS)))
        self.counts = np.zeros((PARTS, len(FIELDS)))

    def add(self, parts: list[Tensor], events: Tensor, dynamics: Tensor) -> None:
        """Count the NLLs of events [N, 5]."""
        voice = events[:, 0].cpu().numpy()
        real = dynamics.cpu().numpy()
        for n, nll in enumerate(parts):
            value = nll.float().cpu().numpy()
            use = real if FIELDS[n] == "velocity" else np.ones(len(voice), np.bool_)
            np.add.at(self.sums[:, n], voice[use], value[use])
            np.add.at(self.counts[:, n], voice[use], 1)

    def figures(self) -> dict[str, float]:
        """Nats a band note by field; «note» (voice, shift, pitch and duration) overall and by voice; the player's."""
        found = {}
        mean = self.sums / np.maximum(self.counts, 1)
        for n, name in enumerate(FIELDS):
            found[name] = float(self.sums[BAND, n].sum() / max(self.counts[BAND, n].sum(), 1))
        found["note"] = sum(found[name] for name in FIELDS[:4])
        for part in BAND:
            found[part.name.lower()] = float(mean[part, :4].sum())
        found["player"] = float(mean[Part.HELD, :3].sum())
        return found


def judge(model: Accompanist, sheets: list[Sheet], fast: bool = False) -> dict[str, float]:
    """Figures of a model on held-out streams; `fast` in half precision, as in training."""
    tally = Tally()
    model.eval()
    device = next(model.parameters()).device.type
    with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=fast):
        for sheet in sheets:
            logits, then, _ = foretell(model, sheet)
            tally.add(losses(logits, then.events), then.events, then.dynamics)
    model.train()
    return tally.figures()
