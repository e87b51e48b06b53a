import asyncio
from typing import ClassVar, Self

import pytest

from bridge.bench import resident as module
from bridge.bench.resident import Beside, Resident


class Client:
    """A neighbour that only says when it comes and goes."""

    told: ClassVar[list[str]] = []

    def __init__(self, _: object, name: str) -> None:
        self.name = name
        self.pid = 100 + len(self.told)

    async def __aenter__(self) -> Self:
        self.told.append(f"{self.name} comes")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.told.append(f"{self.name} goes")

    async def hear(self) -> None:
        pass


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch) -> None:
    Client.told = []
    monkeypatch.setattr(module, "Neighbour", Client)
    monkeypatch.setattr(module, "measurable", lambda: True)


def test_one_empty_client_is_older_than_the_daemon_and_the_next_one_comes_before_it_goes() -> None:
    async def run() -> None:
        async with Beside("empty") as beside:
            first = beside.pid
            await beside.change_places()
            assert beside.pid != first

    asyncio.run(run())
    assert Client.told == ["empty before comes", "empty after comes", "empty before goes", "empty after goes"]


def test_the_daemon_is_measured_for_as_long_behind_an_empty_client_as_before_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    halves = [(1.0, 3.0, {"wire": 1.0}), (3.0, 0.5, {"wire": 2.0})]
    spans: list[float] = []

    async def used(self: Resident, seconds: float, empty: int = 0) -> tuple[float, float | None, dict[str, float]]:
        spans.append(seconds)
        assert empty
        return halves.pop(0)

    monkeypatch.setattr(Resident, "_used", used)

    async def run() -> None:
        async with Beside("empty") as beside:
            idle = await Resident.__new__(Resident).idle(8.0, beside)
        assert idle is not None
        assert (idle.processes, idle.client, idle.each) == (2.0, 1.75, {"wire": 1.5})

    asyncio.run(run())
    assert spans == [4.0, 4.0]
