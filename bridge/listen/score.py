"""The score of all listening so far: what was preferred to what, and whether that could be chance."""

from collections.abc import Iterable
from itertools import combinations
from math import comb
from pathlib import Path

import msgspec

from bridge.errors import SettingsError
from bridge.listen.excerpt import Kind, Who

FILE = "listening.json"
CHANCE = 0.05
"""p below which a preference is called one."""


class Vote(msgspec.Struct, frozen=True):
    """One comparison: who was better in what, and over whom. `drawn`: no difference was heard."""

    pack: str
    tune: str
    kind: Kind
    better: Who
    worse: Who
    drawn: bool = False


def load(file: Path) -> list[Vote]:
    """The votes kept in a file; none where there is no file. Raises SettingsError for a file of something else."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Vote])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{file} cannot be read as a score ({error}); move it away to begin anew") from None


def keep(file: Path, votes: list[Vote]) -> None:
    """Write the votes, whole or not at all. Raises SettingsError."""
    part = file.with_suffix(".part")
    try:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(votes), indent=1))
        part.replace(file)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written ({error.strerror}); make room or give another folder") from None


def chance(wins: int, total: int) -> float:
    """Two-sided binomial p: how often a coin would be at least as lopsided as `wins` of `total`; 1 for none."""
    if total == 0:
        return 1.0
    rare = comb(total, wins)
    return min(1.0, float(sum(comb(total, k) for k in range(total + 1) if comb(total, k) <= rare) / 2**total))


def report(votes: Iterable[Vote], pack: str) -> str:
    """The score of a pack, a line a pair and kind."""
    own = [vote for vote in votes if vote.pack == pack]
    lines = []
    for kind in Kind:
        for one, other in combinations(Who, 2):
            pair = [vote for vote in own if vote.kind is kind and {vote.better, vote.worse} == {one, other}]
            if pair:
                decided = [vote for vote in pair if not vote.drawn]
                wins = sum(vote.better is one for vote in decided)
                p = chance(wins, len(decided))
                verdict = "a real preference" if p < CHANCE else "could be chance"
                lines.append(
                    f"{kind}: {one} before {other} in {wins} of {len(decided)}"
                    f" ({len(pair) - len(decided)} undecided), p = {p:.3f}: {verdict}"
                )
    return "\n".join(lines) or f"nobody has listened to {pack} yet"
