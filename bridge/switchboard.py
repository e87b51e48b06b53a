"""The switchboard: what the wire, the engine and the audio process say goes to those whom it concerns."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.casting import Casting
from bridge.control.console import Console
from bridge.control.grooves import Grooves
from bridge.control.offsets import PortOffsets
from bridge.crew import Crew
from bridge.daw.keeper import Keeping
from bridge.engine.protocol import Described, FromEngine, Listen, Loaded
from bridge.engine.providers import REMEDIES
from bridge.jam.baton import Baton
from bridge.lines import FromChild
from bridge.record.session_band import SessionBand
from bridge.roadie import Roadie
from bridge.sound.scene import Complaint, Furnished, Report
from bridge.sound.side import TextureSide
from bridge.taste.side import TasteSide
from bridge.web.house import Watcher
from bridge.wire.protocol import Bye, FromWire, Hello, Map, Ready, Restore


@dataclass(kw_only=True)
class Switchboard:
    """Made once, by the daemon, of those who are to be told."""

    crew: Crew
    band: SessionBand
    baton: Baton
    offsets: PortOffsets
    grooves: Grooves
    keeping: Keeping
    console: Console
    roadie: Roadie
    casting: Casting
    taste: TasteSide
    texture: TextureSide
    tell: Callable[[str], object]
    """Shows the user a line."""
    watcher: Watcher | None = None
    """Is told what the wire says, after the band has taken it in."""
    engine_ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a pack has answered, or none can."""
    system: str = "none"
    """The MIDI system that was opened."""
    provider: str = "none"
    """The provider that the model last ran on; "none" where it never ran."""

    def heard(self, role: str, message: FromChild | None) -> None:
        """A child says something; with a Hello it is new on the line, None when the line is dead."""
        match role, message:
            case "wire", Hello():
                self._greet_wire()
            case "wire", None:
                if not self.crew.stopping:
                    self.band.wire_lost()
            case "wire", _:
                self._from_wire(message)  # type: ignore[arg-type]
            case "sound", Hello():
                self.crew.sound_settled()
                self.texture.greet()
            case "sound", Furnished() | Report() | Complaint():
                self.texture.took(message)
            case "sound", _:
                pass  # its end is told by its exit code
            case _, Hello():
                self._greet_engine()
            case _, None:
                self.roadie.lost()
                self.band.engine_lost()
            case _:
                self._from_engine(message)  # type: ignore[arg-type]

    def engine_ended(self, code: int) -> None:
        """The engine's process ended."""
        self.band.metrics.restarts += 1
        self.band.engine_lost()
        if not self.crew.stopping:
            self.roadie.ended(code)

    def sound_ended(self, code: int) -> None:
        """The audio process ended."""
        if not self.crew.stopping:
            self.texture.ended(code)

    def _greet_wire(self) -> None:
        """The first words to a wire: where the music is, and that is all if it is over."""
        if self.crew.ports_open.is_set():
            self.crew.to_wire(Restore(self.band.map, self.band.source, self.band.heard))
        self.baton.greet()
        self.offsets.greet()
        self.grooves.greet()
        if self.crew.stopping:
            self.crew.to_wire(Bye())

    def _from_wire(self, message: FromWire) -> None:
        if self.crew.excuses(message):
            return
        if isinstance(message, Ready):
            self.system = message.system
            self.crew.ready(message)
            if message.swept:
                self.tell(f"{message.swept} notes that were left sounding have been closed")
            self._listen(message)
        self.keeping.from_wire(message)
        if self.console.hears(message):
            return
        self.band.from_wire(message)
        if isinstance(message, Map):
            self.texture.step()  # a stop is heard at once
        if self.watcher is not None:
            self.watcher(message)

    def _from_engine(self, message: FromEngine) -> None:
        if self.crew.stopping:
            return
        if isinstance(message, Loaded):
            self.provider = message.got
            self.engine_ready.set()
            if message.asked not in ("auto", message.got) and not message.explained:
                remedy = REMEDIES.get(message.asked, "choose another provider")
                self.tell(f"asked for {message.asked}, but the model runs on {message.got}; {remedy}")
        if isinstance(message, Described):
            self.taste.took(message)
            return
        self.roadie.took(message)
        self.casting.took(message, self.band.beat, self.band.map)
        self.band.from_engine(message)

    def _greet_engine(self) -> None:
        self.crew.engine_settled()
        if self.band.ready is not None:
            self._listen(self.band.ready)
        self.roadie.greet()

    def _listen(self, ready: Ready) -> None:
        self.crew.to_engine(Listen(ready.ears, ready.key))
