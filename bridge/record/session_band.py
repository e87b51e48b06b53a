"""The band with a session log: everything it takes in is kept, with the one moment at which it took it in."""

import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import Any
from zlib import crc32

import msgspec

from bridge.engine.protocol import FromEngine, Load, ToEngine
from bridge.errors import SettingsError
from bridge.jam.band import Band
from bridge.jam.gestures import Gesture
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.jam.plan import Plan
from bridge.music.note import Voice
from bridge.record.session import (
    Chosen,
    Clicked,
    EngineLost,
    EngineSaid,
    Gestured,
    Introduced,
    PackId,
    Panicked,
    Stepped,
    Taken,
    Turned,
    WireLost,
    WireSaid,
)
from bridge.wire.protocol import FromWire, Ready, ToWire

Keep = Callable[[Taken], object]
"""Gets what the band took in, after it did."""


class SessionBand(Band):
    """A band for which time stands still while it takes something in, so that it can be made to do it again.

    `keep` gets an entry for each; None keeps nothing. What is not among the methods here must not change the band
    from outside.
    """

    def __init__(
        self,
        to_wire: Callable[[ToWire], object],
        to_engine: Callable[[ToEngine], object],
        now: Callable[[], float],
        tell: Callable[[str], object],
        guest: Callable[[Plan], Guest] | None = None,
        records: bool = True,
        keep: Keep | None = None,
    ) -> None:
        self._clock = now
        self._moment: float | None = None
        self._latest = 0.0
        self._keep = keep
        self._said = 0
        self._encode = msgspec.msgpack.Encoder().encode
        super().__init__(self._summed(to_wire), self._summed(to_engine), self._time, tell, guest, records)

    def from_wire(self, message: FromWire) -> None:
        """Take in what the wire says."""
        kept = msgspec.structs.replace(message, key=b"") if isinstance(message, Ready) else message
        self._take_in(lambda: super(SessionBand, self).from_wire(message), lambda at, said: WireSaid(at, said, kept))

    def from_engine(self, message: FromEngine) -> None:
        """Take in what the engine says."""
        self._take_in(
            lambda: super(SessionBand, self).from_engine(message), lambda at, said: EngineSaid(at, said, message)
        )

    def step(self) -> None:
        """Let everybody decide."""
        self._take_in(super().step, Stepped)

    def turn_knobs(self, knobs: Knobs) -> None:
        """New values."""
        before: dict[str, Any] = msgspec.to_builtins(self.conductor.knobs)
        values: dict[str, Any] = msgspec.to_builtins(knobs)
        changes = {name: value for name, value in values.items() if value != before[name]}
        self._take_in(lambda: super(SessionBand, self).turn_knobs(knobs), lambda at, said: Turned(at, said, changes))

    def choose_voices(self, voices: Collection[Voice] | Mapping[Voice, str]) -> None:
        """Say which voices play, and with which pack."""
        packs = dict(voices) if isinstance(voices, Mapping) else dict.fromkeys(voices, "")
        self._take_in(lambda: self.conductor.choose_voices(packs), lambda at, said: Chosen(at, said, packs))

    def choose_click(self, when: str) -> None:
        """Say when the metronome sounds."""

        def choose() -> None:
            self.click.when = when

        self._take_in(choose, lambda at, said: Clicked(at, said, when))

    def gesture(self, what: Gesture) -> None:
        """The player does something with phrases. Raises SettingsError for what cannot be done."""
        self._take_in(lambda: super(SessionBand, self).gesture(what), lambda at, said: Gestured(at, said, what))

    def panic(self) -> None:
        """Silence, now."""
        self._take_in(super().panic, Panicked)

    def engine_lost(self) -> None:
        """The engine ended."""
        self._take_in(super().engine_lost, EngineLost)

    def wire_lost(self) -> None:
        """The wire ended."""
        self._take_in(super().wire_lost, WireLost)

    def introduce(self, load: Load, pack: PackId | None) -> None:
        """An engine is told to load a pack, and of what was heard."""
        self._take_in(lambda: None, lambda at, said: Introduced(at, said, load.pack, pack, load.default))

    def close(self) -> None:
        """The music is over: in the take, keys that are still down come up with the last thing that was taken in."""
        self.take.close(self.map.beat_at(self._latest))

    def _take_in(self, act: Callable[[], object], entry: Callable[[float, int], Taken]) -> None:
        if self._moment is not None:  # within another: that one is kept, and leads to this
            act()
            return
        self._moment = self._latest = round(self._clock(), 6)
        self._said = 0
        try:
            act()
        finally:
            moment, self._moment = self._moment, None
            if self._keep is not None:
                self._keep(entry(moment, self._said))

    def _time(self) -> float:
        return self._clock() if self._moment is None else self._moment

    def _summed(self, send: Callable[[Any], object]) -> Callable[[Any], object]:
        """`send`, with every message added to the checksum of what the band says."""

        def summed(message: msgspec.Struct) -> object:
            if self._keep is not None:
                self._said = crc32(self._encode(message), self._said)
            return send(message)

        return summed


def take_again(band: SessionBand, entry: Taken) -> None:
    """Let the band take in again what an entry says."""
    match entry:
        case WireSaid():
            band.from_wire(entry.message)
        case EngineSaid():
            band.from_engine(entry.message)
        case Stepped():
            band.step()
        case Turned():
            band.turn_knobs(msgspec.convert({**msgspec.to_builtins(band.conductor.knobs), **entry.changes}, Knobs))
        case Chosen():
            band.choose_voices(entry.voices)
        case Clicked():
            band.choose_click(entry.when)
        case Gestured():
            with contextlib.suppress(SettingsError):  # it could not be done then, either
                band.gesture(entry.gesture)
        case Panicked():
            band.panic()
        case EngineLost():
            band.engine_lost()
        case WireLost():
            band.wire_lost()
        case Introduced():
            band.introduce(Load(entry.folder, default=entry.default), entry.pack)
