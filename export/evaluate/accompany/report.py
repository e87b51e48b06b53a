"""The findings as Markdown for CARD.md."""

from export.evaluate.accompany.bootstrap import Estimate
from export.evaluate.accompany.findings import Findings
from export.evaluate.accompany.judgement import HUMAN, PACK, ROWS, SHIPS, Figures, Loss
from export.evaluate.accompany.measures import MEASURES

EMPTY = "n/a"
FRESH = 0.9995
"""Goal of ISRw."""


def markdown(found: Findings) -> str:
    """The whole section."""
    parts = [f"## How it plays along: {found.mode}", _lead(found)]
    if found.written:
        parts += [
            f"Pieces with an accompaniment that people wrote ({found.written.count}: {found.written.named}):",
            table(found.written.figures),
            "Distance of all notes together to the written parts (Jensen-Shannon divergence, bits; people: 0):",
            table(found.written.distances, places=3),
            *_goals(found),
            *_listening(found),
        ]
    if found.others:
        parts += [
            f"Pieces of which only the chords are people's ({found.others.count}: {found.others.named}):",
            table(found.others.figures),
        ]
    return "\n\n".join(parts)


def table(figures: Figures, places: int = 2) -> str:
    """A row a figure, a column for each who played, with intervals."""
    rows = [row for row in ROWS if any(columns.get(row) for columns in figures.values())]
    lines = [f"| | {' | '.join(rows)} |", f"|---|{'---:|' * len(rows)}"]
    for name, columns in figures.items():
        if any(columns.get(row) for row in rows):
            lines.append(f"| {name} | {' | '.join(cell(columns.get(row), places) for row in rows)} |")
    return "\n".join(lines)


def cell(estimate: Estimate | None, places: int = 2) -> str:
    """A figure with its interval."""
    if estimate is None:
        return EMPTY
    if estimate.count == 1:
        return f"{estimate.value:.{places}f}"
    return f"{estimate.value:.{places}f} ({estimate.low:.{places}f} to {estimate.high:.{places}f})"


def _lead(found: Findings) -> str:
    hears = (
        "plays alone" if found.alone else "hears each note of the player when it is played, and is told nothing else"
    )
    return (
        f"Simulated live with the daemon's own conductor, plan and wire on an offline clock: the band {hears}. "
        f"{found.settling} bars to find its feet, then {found.judged} bars judged; temperature as the daemon has it, "
        f"candidates: {found.candidates}, a note taken to cost {found.note_ms:g} ms, seed {found.seed}. In brackets: "
        "95 % bootstrap intervals over pieces; few pieces, so wide ones. «Pack, told the chords»: the piece's chords "
        "were typed in as a chart. «Pack, other tune»: the band heard another tune of the same key, meter and tempo "
        "and is judged by this one. «Vamp»: the daemon's band by rule, in the key that it hears. «Markov-2»: a chain "
        "of each role, told the key. Where no chords are written they were recognised in the whole piece, written "
        "accompaniment included, which is kind to people."
    )


def _goals(found: Findings) -> list[str]:
    assert found.written is not None
    said = []
    for measure in MEASURES:
        human, pack = (found.written.figures[measure.name].get(row) for row in (HUMAN, PACK))
        if measure.goal is None or human is None or pack is None:
            continue
        off = abs(pack.value - human.value)
        said.append(f"{measure.name} {off:.2f} from people ({'reached' if off <= measure.goal else 'missed'})")
    fresh = found.written.figures.get("ISRw", {}).get(PACK)
    if fresh is not None:
        said.append(f"ISRw {fresh.value:.4f} ({'reached' if fresh.value >= FRESH else 'missed'})")
    return [f"Goals (within 0.03 of people; ISRw {FRESH}): {', '.join(said)}."] if said else []


def _listening(found: Findings) -> list[str]:
    if not found.losses:
        return []
    lines = [
        "| the band must listen | people before vamp | pack loses with another tune | share |",
        "|---|---:|---:|---:|",
    ]
    lines += [_loss(name, loss) for name, loss in found.losses.items()]
    if found.share is None:
        verdict = (
            "People are not ahead of the vamp on these pieces, so nothing can be said of whether the band listens."
        )
    else:
        listens = "it listens" if found.share >= SHIPS else "it does not listen enough to ship"
        verdict = f"Mean share (each within -1 and 1) {found.share:.2f}, at least {SHIPS} is wanted: {listens}."
    return ["\n".join(lines), verdict]


def _loss(name: str, loss: Loss) -> str:
    share = "no gap" if loss.share is None else f"{loss.share:.2f}"
    return f"| {name} | {loss.gap:.2f} | {loss.lost:.2f} | {share} |"
