"""The casting: which voice plays with which pack, as the parameter `pack` of each voice says.

A pack that is wanted anew is loaded while the one before plays on, and takes over at a bar.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.control.pack_knobs import PackKnobs
from bridge.control.parameters import ParameterTable
from bridge.control.preset import PackRef
from bridge.control.recall import BAR, Recalls
from bridge.control.rows import PACK
from bridge.engine.catalogue import find, packs
from bridge.engine.pack import Card, pack_sha, read_card
from bridge.engine.protocol import Fault, FromEngine, Loaded, Unloaded
from bridge.errors import PackError
from bridge.lineup import Lineup
from bridge.music.note import BAND, Voice
from bridge.roadie import Roadie

AUTO = "auto"
DEFAULT = "default"
"""How presets call the pack of all voices that have none of their own."""


class Casting:
    """Keeps line-up, roadie and the packs' knobs in line with the table; `seated` is called when somebody moved."""

    def __init__(
        self,
        table: ParameterTable,
        knobs: PackKnobs,
        roadie: Roadie,
        folders: tuple[Path, ...],
        seated: Callable[[], object],
        tell: Callable[[str], object],
    ) -> None:
        self._table = table
        self._knobs = knobs
        self._roadie = roadie
        self._folders = folders
        self._seated = seated
        self._tell = tell
        self._cards: dict[str, tuple[Path, Card]] = {}
        self._ready: set[str] = set()
        self._wanted: set[str] = set()
        self._moves = Recalls()
        self.default = ""
        """Name of the pack that plays all voices without one of their own, as soon as there is one."""
        self.lineup = Lineup()

    def open(self, lineup: Lineup) -> None:
        """Take over the line-up that the settings ask for, and see what else there is to choose from."""
        self.lineup = lineup if lineup.default is None else lineup.with_default(lineup.default.resolve(), lineup.voices)
        for folder in packs(self._folders).values():
            try:
                card = read_card(folder)
                self._cards.setdefault(card.name, (folder.resolve(), card))
            except PackError as error:
                self._tell(f"{error}; it cannot be chosen")
        for folder in lineup.folders:
            card = read_card(folder)
            self._cards[card.name] = folder.resolve(), card
            self._roadie.want(folder, default=False)
        self._wanted = set(lineup.own.values())
        for voice in BAND:
            names = [name for name, (_, card) in self._cards.items() if voice in card.voices]
            row = self._table.place(PACK, voice).parameter
            wish = str(self._table.get(PACK, voice))
            self._table.fit(msgspec.structs.replace(row, choices=(AUTO, *names)), voice)
            if wish == AUTO and voice in lineup.own:
                self._table.set(PACK, lineup.own[voice], voice)

    def choose(self, beat: float, map: TempoMap) -> None:
        """See what the table wants: have new packs loaded, let idle ones go, and move voices at the next bar."""
        wishes = {voice: self._wish(voice) for voice in BAND}
        wanted = {name for name in wishes.values() if name}
        for name in wanted - self._wanted:
            self._roadie.want(self._cards[name][0], default=False)
        self._wanted |= wanted
        moved = {voice: name for voice, name in wishes.items() if self.lineup.own.get(voice, "") != name}
        if any(not name or name in self._ready for name in moved.values()) and not self._moves.waiting:
            self._moves.ask(self._move, BAR, beat, map)
        idle = self._wanted - wanted - set(self.lineup.own.values())
        for name in idle:
            self._roadie.unwant(self._cards[name][0])
        self._wanted -= idle
        if idle:
            self._tidy()

    def step(self, beat: float, map: TempoMap, ahead: float) -> None:
        """Move the voices whose bar has come."""
        self._moves.step(beat, map, ahead)

    def took(self, message: FromEngine, beat: float, map: TempoMap) -> None:
        """See what became of a pack: its knobs join the table, or the voices that wanted it stay where they are."""
        match message:
            case Loaded(pack=pack, folder=folder, voices=voices, default=default):
                if default:
                    self.default = self._knobs.default = pack
                    self.lineup = self.lineup.with_default(Path(folder).resolve(), voices)
                self._ready.add(pack)
                self._tidy()
                self._join(pack, Path(folder))
                self.choose(beat, map)
                if default:
                    self._seated()
            case Unloaded(pack=pack):
                self._ready.discard(pack)
            case Fault(folder=folder) if folder:
                self._refuse(Path(folder).resolve())

    def knobs(self) -> Mapping[str, Mapping[str, float]]:
        """The values of the packs' own knobs, by pack; "" is the default one."""
        values = self._knobs.values
        return {**values, "": values[self.default]} if self.default in values else values

    def packs(self) -> dict[str, PackRef]:
        """Who plays what, for a preset."""
        found = {} if self.lineup.default is None else {DEFAULT: _ref(self.lineup.default)}
        return found | {str(v): _ref(self._cards[n][0]) for v, n in self.lineup.own.items() if n in self._cards}

    def find(self, ref: PackRef) -> tuple[Path | None, str]:
        """Where a preset's pack lies, and what is to be said of that: it is missing, or not what it was."""
        try:
            folder = find(ref.name, self._folders)
        except PackError as error:
            return None, str(error)
        changed = bool(ref.sha256) and pack_sha(folder) != ref.sha256
        return folder, f"the pack {ref.name} is not the one that it was saved with" if changed else ""

    def _wish(self, voice: Voice) -> str:
        """The pack of its own that a voice is to have; "" for the default one."""
        name = str(self._table.get(PACK, voice))
        return "" if name == AUTO or self._cards[name][0] == self.lineup.default else name

    def _move(self) -> None:
        """Let every voice whose pack is there play with it."""
        wishes = {voice: self._wish(voice) for voice in BAND}
        own = dict(self.lineup.own)
        for voice, name in wishes.items():
            if not name:
                own.pop(voice, None)
            elif name in self._ready:
                own[voice] = name
        moved = [voice for voice in BAND if own.get(voice, "") != self.lineup.own.get(voice, "")]
        self.lineup = msgspec.structs.replace(self.lineup, own=own)
        self._announce(moved)
        self._tidy()
        self._seated()

    def _announce(self, moved: Collection[Voice]) -> None:
        """Tell, once for each pack, which of the voices that moved play with it from here on."""
        packs = self.lineup.packs
        now = {voice: packs[voice] or self.default if voice in packs else "" for voice in moved}
        for name in dict.fromkeys(now.values()):
            voices = ", ".join(voice for voice in now if now[voice] == name)
            self._tell(f"{voices}: now {name or 'without a pack'}")

    def _tidy(self) -> None:
        """Knobs of packs that nobody plays with or waits for leave."""
        self._knobs.stay({self.default, *self.lineup.own.values(), *self._wanted})

    def _join(self, pack: str, folder: Path) -> None:
        try:
            problems = self._knobs.loaded(pack, read_card(folder).knobs)
        except PackError as error:
            problems = [str(error)]
        for problem in problems:
            self._tell(f"{problem}; that knob cannot be turned")

    def _refuse(self, folder: Path) -> None:
        """A pack did not come: the table says again what plays."""
        for voice in BAND:
            name = str(self._table.get(PACK, voice))
            if name != AUTO and self._cards[name][0] == folder and name not in self._ready:
                self._wanted.discard(name)
                self._table.set(PACK, self.lineup.own.get(voice, AUTO), voice, source=PACK)


def _ref(folder: Path) -> PackRef:
    return PackRef(folder.name, pack_sha(folder))
