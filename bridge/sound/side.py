"""The desk's side of the texture: what the audio process is told, and what it says."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.control.parameters import ParameterTable
from bridge.control.rows import TEXTURE, TEXTURE_BRIGHTNESS, TEXTURE_LEVEL, TEXTURE_MOTION, TEXTURE_SOUND
from bridge.engine.catalogue import find
from bridge.errors import PackError
from bridge.health.deaths import Deaths, cause
from bridge.jam.band import Band
from bridge.settings import Texture as Wishes
from bridge.sound.bands import HOP
from bridge.sound.feed import AHEAD
from bridge.sound.scene import Complaint, FromSound, Furnish, Furnished, Report, Scene
from bridge.sound.surroundings import listen, pitch_classes
from bridge.sound.texture import LEAD

REACH = AHEAD + LEAD + HOP
"""Seconds from a scene to the sound that is made of it."""


class Reading(msgspec.Struct, frozen=True):
    """What the status says of the texture, under the names that it has there."""

    texture: str = ""
    texture_underruns: int = 0
    texture_load: float = 0.0


class TextureSide:
    """Follows band and table; `send` speaks to the audio process, `tell` shows the user a line, `now` reads seconds."""

    def __init__(
        self,
        wishes: Wishes,
        folders: tuple[Path, ...],
        table: ParameterTable,
        band: Band,
        send: Callable[[msgspec.Struct], object],
        tell: Callable[[str], object],
        now: Callable[[], float],
    ) -> None:
        self._wishes = wishes
        self._table = table
        self._band = band
        self._send = send
        self._tell = tell
        self._now = now
        self._deaths = Deaths("audio process", "the texture is silent until the next one is ready", tell)
        self._pack: Path | None = None
        if wishes.pack:
            try:
                self._pack = find(wishes.pack, folders)
            except PackError as error:
                tell(f"{error}; there is no texture")
        self._told: Scene | None = None
        self._furnished: Furnished | None = None
        self._report: Report | None = None
        self._quiet_until = float("-inf")
        self._lost = 0
        self._stopping = -1
        """Epoch of the map that is about to end."""

    @property
    def wanted(self) -> bool:
        """Whether there is a pack to sound, and so a process to be started."""
        return self._pack is not None

    def greet(self) -> None:
        """A new audio process is on the line."""
        self._told = None
        self._send(Furnish(str(self._pack), self._wishes.output, self._wishes.seeds))
        self.step()

    def step(self) -> None:
        """Tell the process what has changed."""
        if self._pack is None:
            return
        self._deaths.step(self._now())
        scene = self._scene()
        if scene != self._told:
            self._told = scene
            self._send(scene)

    def stop(self) -> None:
        """Our own clock is being stopped: be silent at once, and not when it says that it has."""
        if self._band.source == "internal":
            self._stopping = self._band.map.epoch
            self.step()

    def panic(self) -> None:
        """Silence now, and for as long as the band rests."""
        self._quiet_until = self._band.rests_until
        self.step()

    def took(self, message: FromSound) -> None:
        """The process says something."""
        match message:
            case Furnished(pack=pack, output=output, rate=rate):
                self._furnished = message
                self._tell(f"texture: {pack} on {output}, {rate} Hz")
            case Report():
                self._report = message
            case Complaint(text=text, fatal=fatal):
                self._tell(text)
                if fatal:
                    self._furnished = self._report = None

    def ended(self, code: int) -> None:
        """The process ended, and another one follows."""
        if self._report is not None:
            self._lost += self._report.underruns
        self._furnished = self._report = None
        self._deaths.died(cause(code), self._now())

    def reading(self) -> Reading:
        """What there is to know."""
        if self._furnished is None:
            return Reading("away" if self.wanted else "", self._lost)
        report = self._report
        underruns, load = (report.underruns, report.load) if report is not None else (0, 0.0)
        return Reading(f"{self._furnished.pack} on {self._furnished.output}", self._lost + underruns, load)

    def _scene(self) -> Scene:
        band, table = self._band, self._table
        map, beat = band.map, band.beat
        if beat < self._quiet_until - map.meter.bar - 1.0:
            self._quiet_until = float("-inf")  # the song has gone back
        chord = band.conductor.chord(beat + REACH * map.bpm / 60.0, map) if map.playing else None
        classes = pitch_classes(chord, band.conductor.key()) if map.playing else ()
        classes = classes or (self._told.pitch_classes if self._told is not None and map.playing else ())
        on = bool(table.get(TEXTURE)) and map.playing and beat >= self._quiet_until and map.epoch != self._stopping
        around = listen(band.memory, beat, map.bpm)
        return Scene(
            map=map,
            sounding=on and bool(classes),
            pitch_classes=classes,
            density=around.density,
            brightness=min(max(around.brightness + float(table.get(TEXTURE_BRIGHTNESS)), 0.0), 1.0),
            motion=float(table.get(TEXTURE_MOTION)),
            level=float(table.get(TEXTURE_LEVEL)),
            character=int(table.get(TEXTURE_SOUND)) - 1,
            seed=int(table.get("seed")),
        )
