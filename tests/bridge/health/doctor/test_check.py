import threading
from collections.abc import Callable, Iterable
from typing import Any

from bridge.health.doctor.check import Check, carry_out
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Finding, Level, Verdict, ok, warn

PATIENT = Patient()


def check(name: str, look: Callable[[Patient], object], patience: float = 2.0) -> Check[object]:
    def judge(_: object) -> Iterable[Verdict]:
        yield ok("fine")

    return Check(name, look, judge, patience)


def test_findings_come_in_the_order_of_the_checks_and_bear_their_names() -> None:
    checks: list[Check[Any]] = [
        check("one", lambda _: None),
        Check("two", lambda _: 3, lambda seen: [ok("a"), warn(f"{seen}", "mend it")]),
    ]
    assert list(carry_out(checks, PATIENT)) == [
        Finding("one", Level.OK, "fine"),
        Finding("two", Level.OK, "a"),
        Finding("two", Level.WARN, "3", "mend it"),
    ]


def test_a_look_that_breaks_is_a_finding_and_the_others_go_on() -> None:
    def broken(_: Patient) -> object:
        raise SystemExit("the driver gave up")

    first, second = carry_out([check("broken", broken), check("well", lambda _: None)], PATIENT)
    assert first.level is Level.WARN
    assert "the driver gave up" in first.says
    assert second.level is Level.OK


def test_a_look_that_hangs_is_left_behind() -> None:
    never = threading.Event()
    first, second = carry_out([check("deaf", lambda _: never.wait(), 0.01), check("well", lambda _: None)], PATIENT)
    never.set()
    assert first.level is Level.WARN
    assert "no answer" in first.says
    assert second.level is Level.OK
