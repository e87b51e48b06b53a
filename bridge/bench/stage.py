"""The daemon in this process, in a home of its own, its messages open to be timed."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

import msgspec
from msgspec.structs import replace

from bridge.app import Desk
from bridge.control.parameter import Value
from bridge.lines import FromChild
from bridge.music.note import Note, Voice
from bridge.music.tunes import Tune
from bridge.settings import HOME, Settings

LEAD_IN = 0.005
"""Seconds from now at which a note of the bench's player is planned, so that it is not late."""


class Stage(Desk):
    """A desk whose messages to and from the wire can be heard, and who can be played to without any port."""

    def __init__(self, settings: Settings, say: Callable[[str], object], tune: Tune | None = None) -> None:
        self._mute = False
        super().__init__(settings, lambda text: None if self._mute else say(text), tune, records=False)
        self._taps: list[Callable[[msgspec.Struct], object]] = []

    async def __aenter__(self) -> Self:
        """Start it. Raises AntiphonError."""
        await super().__aenter__()
        return self

    @contextlib.contextmanager
    def tap(self, listener: Callable[[msgspec.Struct], object]) -> Iterator[None]:
        """Let `listener` hear what goes to the wire and what comes from it, before the desk does."""
        self._taps.append(listener)
        try:
            yield
        finally:
            self._taps.remove(listener)

    @contextlib.contextmanager
    def mute(self) -> Iterator[None]:
        """Say nothing of what is done meanwhile: the bench itself does it."""
        self._mute = True
        try:
            yield
        finally:
            self._mute = False

    def play(self, *notes: tuple[float, float, int]) -> None:
        """Play as a human does, by the port that leads into our own input: (seconds from now, seconds, pitch)."""
        a_second = self.band.map.bpm / 60.0
        self.band.plan.add(
            *(
                Note(Voice.GUEST, self.band.beat + (LEAD_IN + wait) * a_second, length * a_second, pitch, 80)
                for wait, length, pitch in notes
            )
        )

    def _to_wire(self, message: msgspec.Struct) -> None:
        super()._to_wire(message)
        for tap in tuple(self._taps):
            tap(message)

    def _heard(self, role: str, message: FromChild | None) -> None:
        if role == "wire" and message is not None:
            for tap in tuple(self._taps):
                tap(message)
        super()._heard(role, message)


@contextlib.contextmanager
def home(folder: Path) -> Iterator[None]:
    """Have this process, and those it starts, keep lock, ledger and settings in a folder of the bench's own."""
    before = os.environ.get(HOME)
    os.environ[HOME] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[HOME]
        else:
            os.environ[HOME] = before


def settings(system: str, client: str, pack: Path | None, provider: str, knobs: Mapping[str, Value]) -> Settings:
    """Settings for a daemon of the bench's: its own name on JACK, any free OSC port, these knobs."""
    plain = Settings()
    return replace(
        plain,
        midi=replace(plain.midi, system=system, client=client),
        osc=replace(plain.osc, port=free_port()),
        engine=replace(plain.engine, pack=str(pack) if pack is not None else "", provider=provider),
        knobs=dict(knobs),
    )


def free_port() -> int:
    """A UDP port of this machine that nobody holds."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
