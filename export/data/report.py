"""What was prepared and what was skipped: counts of pieces, notes and hours, as a table for people."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from export.data.piece import Column, Piece, Role
from export.data.proxies import beats_of


class Skip(msgspec.Struct, frozen=True, array_like=True):
    """A file or piece that was left out, and why."""

    set: str
    name: str
    why: str


class Count(msgspec.Struct):
    """What a set has: pieces, notes of each role (made by us and not), hours at the pieces' tempi, and skips."""

    pieces: int = 0
    notes: list[int] = msgspec.field(default_factory=lambda: [0] * len(Role))
    made: int = 0
    hours: float = 0.0
    skipped: int = 0


def count(pieces: Sequence[Piece], skips: Sequence[Skip]) -> dict[str, Count]:
    """Set -> what it has, in the order in which sets come."""
    counts: dict[str, Count] = defaultdict(Count)
    for piece in pieces:
        found = counts[piece.set]
        found.pieces += 1
        for role in Role:
            found.notes[role] += int((piece.notes[:, Column.ROLE] == role).sum())
        found.made += int(piece.notes[:, Column.SOURCE].sum())
        found.hours += beats_of(piece.bars) / max(piece.tempo, 1.0) / 60
    for skip in skips:
        counts[skip.set].skipped += 1
    return dict(counts)


def table(counts: dict[str, Count]) -> str:
    """The counts as lines of text, with a total."""
    head = f"{'set':<14}{'pieces':>8}" + "".join(f"{role.name.lower():>10}" for role in Role)
    lines = [head + f"{'made':>10}{'hours':>8}{'skipped':>9}"]
    total = Count()
    for name, found in counts.items():
        lines.append(_line(name, found))
        total.pieces += found.pieces
        total.notes = [a + b for a, b in zip(total.notes, found.notes, strict=True)]
        total.made += found.made
        total.hours += found.hours
        total.skipped += found.skipped
    return "\n".join([*lines, _line("all", total)])


def _line(name: str, found: Count) -> str:
    notes = "".join(f"{number:>10}" for number in found.notes)
    return f"{name:<14}{found.pieces:>8}{notes}{found.made:>10}{found.hours:>8.1f}{found.skipped:>9}"


def reasons(skips: Sequence[Skip], most: int = 20) -> str:
    """Each skipped file with its reason, the commonest reasons summed up where there are more than `most`."""
    if len(skips) <= most:
        return "\n".join(f"skipped {skip.name}: {skip.why}" for skip in skips)
    common = Counter(skip.why for skip in skips).most_common(most)
    return "\n".join(f"skipped {number} because {why}" for why, number in common)
