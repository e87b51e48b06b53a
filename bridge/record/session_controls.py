"""`controls.json`: how a run was steered, to be read by people: seed, packs, knobs and when they were turned."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.jam.knobs import Knobs
from bridge.record.session import Chosen, Header, Introduced, PackId, Taken, Turned, WireSaid
from bridge.wire.protocol import Map

CHANGES = 10_000
"""Changes that are written at most; the log has all of them."""


class Change(msgspec.Struct, frozen=True):
    """A knob was turned, `second` seconds into the log, at a stage beat."""

    second: float
    beat: float
    knob: str
    value: Any


class Tempo(msgspec.Struct, frozen=True):
    """A tempo that held from a stage beat on, in quarter notes a minute."""

    beat: float
    bpm: float
    meter: str


class Sheet(msgspec.Struct, frozen=True):
    """The file."""

    began: str
    versions: Mapping[str, str]
    system: str
    seed: int
    tune: str | None
    packs: list[PackId]
    voices: Mapping[str, str]
    """The voices that played last, and with which pack ("": the default one)."""
    knobs: Mapping[str, Any]
    """The knobs as the music began."""
    changes: list[Change]
    tempos: list[Tempo]


class Controls:
    """Collects what there is to write from the entries of a log."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._knobs: dict[str, Any] = {**msgspec.to_builtins(Knobs()), **header.knobs}
        self._first: dict[str, Any] | None = None
        self._began: float | None = None
        self._map = TempoMap()
        self._packs: dict[str, PackId] = {}
        self._voices: dict[str, str] = {}
        self._changes: list[Change] = []
        self._tempos: list[Tempo] = []

    def add(self, entry: Taken) -> None:
        """Take in an entry of the log."""
        if self._began is None:
            self._began = entry.time
        match entry:
            case Turned(changes=changes):
                self._turn(entry.time, changes)
            case WireSaid(message=Map(map)):
                self._follow(map)
            case Introduced(folder=folder, pack=pack) if pack is not None:
                self._packs[folder] = pack
            case Chosen(voices=voices):
                self._voices = {voice.value: pack for voice, pack in voices.items()}
            case _:
                pass

    def sheet(self) -> Sheet:
        """All that was collected."""
        knobs = self._knobs if self._first is None else self._first
        header = self._header
        return Sheet(
            began=header.began,
            versions=header.versions,
            system=header.system,
            seed=int(knobs["seed"]),
            tune=header.tune,
            packs=list(self._packs.values()),
            voices=self._voices,
            knobs=knobs,
            changes=self._changes,
            tempos=self._tempos,
        )

    def write(self, path: Path) -> None:
        """Write `controls.json`. Raises OSError."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self.sheet()), indent=2) + b"\n")

    def _turn(self, time: float, changes: Mapping[str, Any]) -> None:
        self._knobs = {**self._knobs, **changes}
        if self._first is None or len(self._changes) >= CHANGES:
            return
        second, beat = round(time - (self._began or time), 3), round(self._map.beat_at(time), 3)
        self._changes += [Change(second, beat, name, value) for name, value in changes.items()]

    def _follow(self, map: TempoMap) -> None:
        if map.playing and self._first is None:
            self._first = dict(self._knobs)
        tempo = Tempo(round(map.beat, 3), round(map.bpm, 3), str(map.meter))
        if map.playing and len(self._tempos) < CHANGES and self._is_news(tempo):
            self._tempos.append(tempo)
        self._map = map

    def _is_news(self, tempo: Tempo) -> bool:
        if not self._tempos:
            return True
        last = self._tempos[-1]
        return abs(last.bpm - tempo.bpm) > 0.001 * tempo.bpm or last.meter != tempo.meter
