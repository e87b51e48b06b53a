"""What the doctor found, as lines for people and as JSON for programs."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from bridge import __version__


class Level(StrEnum):
    """How it stands with something."""

    OK = "ok"
    WARN = "warn"
    """Antiphon plays, but not as well as it could."""
    FAIL = "fail"
    """Something that was asked for will not work."""


class Finding(msgspec.Struct, frozen=True):
    """One line: what was looked at, how it stands, and, unless all is well, exactly what to do."""

    check: str
    level: Level
    says: str
    fix: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """A finding before it is known which check it is of."""

    level: Level
    says: str
    fix: str = ""


def ok(says: str) -> Verdict:
    """All is well."""
    return Verdict(Level.OK, says)


def warn(says: str, fix: str) -> Verdict:
    """It could be better."""
    return Verdict(Level.WARN, says, fix)


def fail(says: str, fix: str) -> Verdict:
    """It will not work."""
    return Verdict(Level.FAIL, says, fix)


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing fails."""
    return all(finding.level is not Level.FAIL for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """A line each, the fix below it, and a count at the end."""
    width = max((len(finding.check) for finding in findings), default=0)
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<5} {finding.check:<{width}}  {finding.says}")
        lines += [f"{'':<{width + 8}}-> {step}" for step in finding.fix.splitlines()]
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    return "\n".join([*lines, "", ", ".join(f"{count} {level}" for level, count in counts.items())])


def as_json(findings: Sequence[Finding]) -> str:
    """`{"version", "well", "findings": [{"check", "level", "says", "fix"}]}`."""
    whole = {"version": __version__, "well": is_well(findings), "findings": findings}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()
