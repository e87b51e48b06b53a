"""The console: hands, presets, snapshots and history around one parameter table, and all that can be done by name."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from bridge.casting import DEFAULT, Casting
from bridge.clock.tempo_map import TempoMap
from bridge.control import preset_shelf
from bridge.control.controller_map import FOLDER, MapShelf
from bridge.control.deeds import SNAPSHOTS
from bridge.control.hands import PROGRAM, Hands, Later
from bridge.control.history import History
from bridge.control.pack_knobs import PackKnobs, names_of
from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable
from bridge.control.pedals import Pedals, Phrases
from bridge.control.preset import Preset, Values, apply
from bridge.control.preset_shelf import PresetShelf
from bridge.control.recall import Recalls
from bridge.control.rows import FREEZE, MORPH, RECALL_WHEN
from bridge.control.snapshots import Snapshots
from bridge.control.xy_pad import XYPad
from bridge.engine.pack import Knob, read_card
from bridge.errors import PackError, SettingsError
from bridge.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN
from bridge.midi.ports import CONTROL, IN
from bridge.wire.protocol import FromWire, Input, Plugged

PRESET, SNAPSHOT = "preset", "snapshot"
"""How the changes of a recall are signed, and counted as one gesture."""
SHOWN = 5
"""Warnings about a preset that are shown one by one."""


class Stage(Protocol):
    """What the console needs of the daemon."""

    def start(self) -> None:
        """Play from the top."""

    def resume(self) -> None:
        """Play on from where the song stands."""

    def stop(self) -> None:
        """Stop our own clock."""

    def tap_tempo(self) -> None:
        """The tempo was tapped, now."""

    def panic(self) -> None:
        """End every note."""

    def swap(self, pack: str) -> None:
        """Play with another pack. Raises PackError."""

    def position(self) -> tuple[float, TempoMap]:
        """Where the music is: the stage beat now, and the map."""

    @property
    def phrases(self) -> Phrases:
        """The band's slots, and what it repeats."""


class Console:
    """Made once, by the daemon. Whoever sets values by hand does so in the table; everything else is here."""

    def __init__(
        self,
        table: ParameterTable,
        stage: Stage,
        folder: Path,
        send: Callable[[tuple[bytes, ...]], object],
        later: Later,
        now: Callable[[], float],
        tell: Callable[[str], object],
        controls: tuple[str, ...] = (CONTROL,),
    ) -> None:
        self._table = table
        self._stage = stage
        self._tell = tell
        self.pack_knobs = PackKnobs(table)
        self.history = History(table, now)
        self.snapshots = Snapshots(table)
        self.pedals = Pedals(table, stage.phrases)
        self.xy = XYPad(table, lambda: self.pack_knobs.own, later, now)
        self.pack_knobs.changed = self.xy.fit
        self.shelf = PresetShelf(folder / preset_shelf.FOLDER)
        self.hands = Hands(table, MapShelf(folder / FOLDER, tell), self.deed, send, later, now, tell, controls)
        self.casting: Casting | None = None
        """Who plays with which pack, once the daemon has one."""
        self.preset = ""
        """The preset that was loaded or saved last."""
        self._recalls = Recalls()
        self._deeds: dict[str, Callable[[], object]] = {
            "play": stage.start,
            "resume": stage.resume,
            "stop": stage.stop,
            "tap": stage.tap_tempo,
            "panic": stage.panic,
            "undo": self.history.undo,
            "redo": self.history.redo,
            "learn/cancel": self.hands.cancel,
        }
        self._deeds |= self.pedals.deeds
        for letter in SNAPSHOTS:
            self._deeds[f"snapshot/{letter}/store"] = partial(self.snapshots.store, letter)
            self._deeds[f"snapshot/{letter}/recall"] = partial(self.recall, letter)
        self._with: dict[str, Callable[[str], object]] = {
            "preset/save": self.save,
            "preset/load": self.load,
            "preset/delete": self.delete,
            "learn": self.hands.learn,
            "unlearn": self.hands.unlearn,
            "xy": self.xy.move,
            **self.pedals.with_numbers,
        }
        self._answers: dict[str, Callable[[], tuple[str, ...]]] = {}

    def do(self, name: str, argument: str | None = None) -> None:
        """Do what an action's name says. Raises SettingsError for what cannot be done."""
        if argument is not None and name in self._with:
            self._with[name](argument)
        elif name in self._deeds:
            self._deeds[name]()
        else:
            raise SettingsError(f"there is nothing to do that is called «{name[:60]}»")

    def ask(self, name: str) -> tuple[str, ...]:
        """What there is to answer to an action's name: presets, the snapshots that are stored, what is being learnt."""
        match name:
            case "presets":
                return self.shelf.names
            case "preset/load" | "preset/save":
                return (self.preset,)
            case "snapshots":
                return tuple(sorted(self.snapshots.slots))
            case "learn":
                return (self.hands.armed,)
            case "bindings":
                return tuple(f"{binding.control}: {binding.target}" for _, binding in self.hands.bindings)
            case "xy":
                return tuple(place.path for place in self.xy.axes)
            case _ if name in self._answers:
                return self._answers[name]()
            case _:
                return self.pedals.ask(name) or ()

    def deed(self, name: str) -> Callable[[], object] | None:
        """What a control that is bound to this name does, if it is an action's: `play`, `preset/load/NAME`."""
        deed = self._deeds.get(name)
        if deed is None and name.startswith("preset/load/"):
            deed = partial(self.load, name.removeprefix("preset/load/"))
        if deed is None and name.startswith(PROGRAM):
            deed = self._program(name.removeprefix(PROGRAM))
        return None if deed is None else self._told(deed)

    def also(
        self,
        deeds: Mapping[str, Callable[[], object]],
        named: Mapping[str, Callable[[str], object]],
        answers: Mapping[str, Callable[[], tuple[str, ...]]],
    ) -> None:
        """Take in more that can be done, with an argument or without, and asked."""
        self._deeds |= deeds
        self._with |= named
        self._answers |= answers

    def open(self, preset: str, knobs: Values) -> None:
        """Begin with a preset, if one is named; what `knobs` says holds all the same. Raises SettingsError."""
        if preset:
            self.load(preset)
            for path, value in knobs.items():
                self._table.set(path, value)

    def hears(self, message: FromWire) -> bool:
        """Take in what controllers do; True for what is no business of the band's."""
        match message:
            case Plugged(devices):
                self.hands.plugged(devices)
            case Input(port=port, data=data) if not is_music(port, data):
                self.hands.hear(port, data)
            case _:
                return False
        return True

    def step(self, ahead: float) -> None:
        """Do what was to be done in tempo; the plan is settled `ahead` seconds from now."""
        self._recalls.step(*self._stage.position(), ahead)
        if self.casting is not None:
            self.casting.step(*self._stage.position(), ahead)

    def store(self, letter: str) -> None:
        """Keep how everything is in a snapshot. Raises SettingsError."""
        self.snapshots.store(letter)

    def recall(self, letter: str) -> None:
        """Bring everything to where a snapshot has it, when `recall_when` says. Raises SettingsError."""
        values = self.snapshots.values(letter)
        self._in_tempo(lambda: self._apply(values, SNAPSHOT))

    def save(self, name: str) -> Path:
        """Keep everything in a preset; returns its file. Raises SettingsError."""
        values = {path: value for path, value in self._table.snapshot().items() if path not in (MORPH, FREEZE)}
        packs = {} if self.casting is None else self.casting.packs()
        path = self.shelf.save(Preset(name, packs, values, dict(self.snapshots.slots), self.pedals.slots))
        self.preset = name
        return path

    def load(self, name: str) -> None:
        """Bring everything to where a preset has it, when `recall_when` says. Raises SettingsError.

        What it holds that is not known here, or is missing, is told; the rest holds.
        """
        preset, warnings = self.shelf.load(name)
        values = dict(preset.values)
        expected: dict[str, Value] = {}
        for voice, ref in preset.packs.items():
            folder, problem = (None, "") if self.casting is None else self.casting.find(ref)
            warnings += [problem] if problem else []
            if folder is not None:
                known = names_of(ref.name, _knobs(folder))
                expected |= {path: value for path, value in values.items() if path in known}
                if voice == DEFAULT:
                    self._swap(folder)
        here = {place.path for place in self._table}
        late = {path: value for path, value in expected.items() if path not in here}
        self.pack_knobs.expect(late)

        def recall() -> None:
            self.snapshots.slots = dict(preset.snapshots)
            if preset.slots is not None:
                self.pedals.restock(preset.slots)
            more = self._apply({path: value for path, value in values.items() if path not in late}, PRESET)
            self.preset = name
            self._warn(name, warnings + more)

        self._in_tempo(recall)

    def delete(self, name: str) -> None:
        """Do away with a preset. Raises SettingsError."""
        self.shelf.delete(name)

    def _apply(self, values: Values, source: str) -> list[str]:
        with self.history.one_gesture(source):
            return apply(self._table, values, source)

    def _in_tempo(self, deed: Callable[[], object]) -> None:
        self._recalls.ask(deed, str(self._table.get(RECALL_WHEN)), *self._stage.position())

    def _swap(self, folder: Path) -> None:
        """Have another pack play, if it is another."""
        if self.casting is not None and self.casting.lineup.default != folder.resolve():
            try:
                self._stage.swap(str(folder))
            except PackError as error:
                self._tell(str(error))

    def _program(self, number: str) -> Callable[[], object] | None:
        """Loading the preset that a program change counts."""
        names = self.shelf.names
        return partial(self.load, names[int(number)]) if int(number) < len(names) else None

    def _told(self, deed: Callable[[], object]) -> Callable[[], object]:
        """A deed for a button: nobody is there to catch what goes wrong, so it is told."""

        def do() -> None:
            try:
                deed()
            except SettingsError as error:
                self._tell(str(error))

        return do

    def _warn(self, name: str, warnings: list[str]) -> None:
        for warning in warnings[:SHOWN]:
            self._tell(f"preset «{name}»: {warning}")
        if len(warnings) > SHOWN:
            self._tell(f"preset «{name}»: {len(warnings) - SHOWN} more that could not be used")


def is_music(port: str, data: bytes) -> bool:
    """Whether the band listens to a message: notes and pedal on `in`, and what asks for silence anywhere."""
    if data[0] & 0xF0 == 0xB0:
        return data[1] in (ALL_SOUND_OFF, ALL_NOTES_OFF) or (port == IN and data[1] == SUSTAIN)
    return port == IN and data[0] & 0xF0 in (0x80, 0x90)


def _knobs(folder: Path) -> tuple[Knob, ...]:
    """The knobs of a pack; none where it cannot be read."""
    try:
        return read_card(folder).knobs
    except PackError:
        return ()
