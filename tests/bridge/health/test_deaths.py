import re

import pytest

from bridge.health.deaths import QUIET, Deaths, cause


def watched() -> tuple[Deaths, list[str]]:
    told: list[str] = []
    return Deaths("engine", "the vamp plays", told.append), told


def test_the_first_death_is_told_at_once_with_its_cause() -> None:
    deaths, told = watched()
    deaths.died(cause(-11), 100.0)
    assert told == [
        "the engine ended (SIGSEGV: a crash in native code: the pack, or the driver of its provider): the vamp plays"
    ]


def test_those_on_its_heels_are_told_together_and_none_is_lost() -> None:
    deaths, told = watched()
    for tenth in range(301):
        deaths.step(tenth / 10)
        if tenth <= 299:
            deaths.died("code 1", tenth / 10)
    deaths.step(40.0, all=True)
    counts = [int(found[1]) if (found := re.search(r"(\d+) more times", line)) else 1 for line in told]
    assert sum(counts) == 300
    assert len(told) <= 5


def test_one_more_is_told_when_it_has_been_quiet_or_at_the_end() -> None:
    deaths, told = watched()
    deaths.died("code 1", 0.0)
    deaths.died("code 2", 1.0)
    deaths.step(QUIET - 0.1)
    assert len(told) == 1
    deaths.step(QUIET)
    assert told[1:] == ["the engine ended once more (code 2): the vamp plays"]
    deaths.died("code 3", QUIET + 1)
    deaths.died("code 3", QUIET + 2)
    deaths.died("code 4", QUIET + 2)
    deaths.step(2 * QUIET)
    assert told[2:] == ["the engine ended 3 more times (code 3; code 4): the vamp plays"]
    deaths.died("code 5", 2 * QUIET + 1)
    deaths.step(2 * QUIET + 1, all=True)
    deaths.step(2 * QUIET + 2, all=True)
    assert len(told) == 4


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "code 0"),
        (3, "code 3"),
        (-9, "SIGKILL: killed, by hand or because memory had run out"),
        (-250, "signal 250"),
    ],
)
def test_a_cause_is_told_in_words(code: int, words: str) -> None:
    assert cause(code) == words
