import asyncio
import itertools
import sys
import time

import pytest

from bridge import children
from bridge.children import Child


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the child runs: one line of Python."""
    line = ["raise SystemExit(3)"]
    monkeypatch.setattr(children, "command", lambda *_: [sys.executable, "-S", "-c", line[0]])
    return line


def test_a_child_that_ends_is_started_again_at_once_and_then_more_and_more_patiently(script: list[str]) -> None:
    ends: list[float] = []
    codes: list[int] = []

    async def live() -> None:
        enough = asyncio.Event()

        def ended(code: int) -> None:
            ends.append(time.monotonic())
            codes.append(code)
            if len(ends) == 5:
                enough.set()

        child = Child("wire", "nowhere", {}, print, ended)
        child.start()
        await asyncio.wait_for(enough.wait(), 30)
        await child.stop(5.0)

    asyncio.run(live())
    assert codes[:5] == [3] * 5
    gaps = [after - before for before, after in itertools.pairwise(ends)]
    waits = [children.FIRST_WAIT * 2**number for number in range(1, 5)]
    assert all(gap >= wait for gap, wait in zip(gaps, waits, strict=True))


def test_a_child_that_is_killed_has_a_successor_with_another_process_id(script: list[str]) -> None:
    script[0] = "import time; time.sleep(60)"

    async def live() -> tuple[int, int, int]:
        again = asyncio.Event()
        child = Child("wire", "nowhere", {}, print, lambda _: again.set())
        child.start()
        while not child.pid:
            await asyncio.sleep(0.01)
        first = child.pid
        child.kill()
        await asyncio.wait_for(again.wait(), 10)
        while child.pid in (0, first):
            await asyncio.sleep(0.01)
        return first, child.pid, await child.stop(0.0)

    first, second, code = asyncio.run(live())
    assert first != second
    assert code != 0


def test_a_child_that_ends_by_itself_when_it_is_told_to_is_not_killed(script: list[str]) -> None:
    script[0] = "import time; time.sleep(0.05)"

    async def live() -> int:
        child = Child("wire", "nowhere", {}, print, lambda _: None)
        child.start()
        return await child.stop(30.0)

    assert asyncio.run(live()) == 0


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert children.command("wire", "a")[1:] == ["-m", "bridge", "wire", "a"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert children.command("engine", "a") == [sys.executable, "engine", "a"]
