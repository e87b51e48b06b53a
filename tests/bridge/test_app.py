import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.app import Desk
from bridge.control.rows import FREEZE
from bridge.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF
from bridge.midi.ports import CONTROL, IN
from bridge.settings import Settings
from bridge.wire.protocol import Input


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose crew has not started."""
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    return Desk(Settings(), lambda _: None)


def press_the_button(desk: Desk) -> None:
    deed = desk.console.deed("panic")
    assert deed is not None
    deed()


PANICS: list[Callable[[Desk], object]] = [
    Desk.panic,
    lambda desk: desk.do("panic"),
    press_the_button,
    lambda desk: desk.band.from_wire(Input(1, 0.0, CONTROL, bytes((0xB0, ALL_SOUND_OFF, 0)))),
    lambda desk: desk.band.from_wire(Input(1, 0.0, CONTROL, bytes((0xB3, ALL_NOTES_OFF, 0)))),
]


def repeats(desk: Desk, act: Callable[[Desk], object]) -> object:
    """Whether the band goes on repeating after something is done."""

    async def run() -> object:
        desk.table.set(FREEZE, True)
        act(desk)
        return desk.table.get(FREEZE)

    return asyncio.run(run())


@pytest.mark.parametrize("panic", PANICS)
def test_a_panic_ends_a_repeat_wherever_it_was_asked_for(desk: Desk, panic: Callable[[Desk], object]) -> None:
    assert repeats(desk, panic) is False


def test_what_a_daw_says_at_every_stop_is_no_panic(desk: Desk) -> None:
    quiet = Input(1, 0.0, IN, bytes((0xB0, ALL_NOTES_OFF, 0)))
    assert repeats(desk, lambda desk: desk.band.from_wire(quiet)) is True
