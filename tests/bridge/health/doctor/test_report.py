import json

from bridge.health.doctor.report import Finding, Level, as_json, as_text, is_well

FINDINGS = [
    Finding("midi", Level.OK, "JACK"),
    Finding("priority", Level.WARN, "refused", "write this\nand that"),
    Finding("osc", Level.FAIL, "taken", "end it"),
]


def test_only_a_failure_is_not_well() -> None:
    assert is_well(FINDINGS[:2])
    assert not is_well(FINDINGS)


def test_each_finding_is_a_line_with_its_fix_below_it() -> None:
    assert as_text(FINDINGS).splitlines() == [
        "ok    midi      JACK",
        "warn  priority  refused",
        "                -> write this",
        "                -> and that",
        "fail  osc       taken",
        "                -> end it",
        "",
        "1 ok, 1 warn, 1 fail",
    ]


def test_programs_read_the_same_as_json() -> None:
    read = json.loads(as_json(FINDINGS))
    assert read["well"] is False
    assert read["findings"][1] == {
        "check": "priority",
        "level": "warn",
        "says": "refused",
        "fix": "write this\nand that",
    }
