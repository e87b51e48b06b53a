"""A check: a look at the machine, and a judgement on what was seen. A look that hangs or breaks is itself a finding."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Finding, Level, Verdict

PATIENCE = 2.0
"""Seconds that a look may take."""

Seen = TypeVar("Seen")


class Check(NamedTuple, Generic[Seen]):
    """`look` touches the machine and may raise anything; `judge` is pure."""

    name: str
    look: Callable[[Patient], Seen]
    judge: Callable[[Seen], Iterable[Verdict]]
    patience: float = PATIENCE
    """Seconds; more only for what works on our own files and cannot hang."""


class _Look(threading.Thread):
    """A look in a thread that can be left behind."""

    def __init__(self, check: Check[Any], patient: Patient) -> None:
        super().__init__(name=f"look {check.name}", daemon=True)
        self._check = check
        self._patient = patient
        self.verdicts: list[Verdict] = []
        self.trouble: BaseException | None = None

    def run(self) -> None:
        """Look and judge."""
        try:
            self.verdicts = list(self._check.judge(self._check.look(self._patient)))
        except BaseException as trouble:  # whatever a driver throws at us is a finding, too
            self.trouble = trouble


def carry_out(checks: Iterable[Check[Any]], patient: Patient) -> Iterator[Finding]:
    """Every check's findings, in order. Never raises; waits for no look longer than its patience."""
    for check in checks:
        look = _Look(check, patient)
        look.start()
        look.join(check.patience)
        if look.is_alive():
            yield Finding(
                check.name,
                Level.WARN,
                f"no answer within {check.patience:g} seconds",
                f"run it again; if it stays so, what stands behind «{check.name}» hangs: restart it",
            )
        elif look.trouble is not None:
            said = f"{type(look.trouble).__name__}: {look.trouble}"
            yield Finding(check.name, Level.WARN, f"could not be looked at ({said})", "please report this")
        else:
            for verdict in look.verdicts:
                yield Finding(check.name, verdict.level, verdict.says, verdict.fix)
