"""What the page is told: everything once, then only what has changed. Beats are stage beats, times in seconds."""

from collections.abc import Iterator
from typing import Any

import msgspec

from bridge import __version__
from bridge.clock.tempo_map import TempoMap
from bridge.control.parameter import Parameter
from bridge.control.parameters import Place
from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.health.status import Status
from bridge.midi.messages import NoteOff, NoteOn, decode
from bridge.midi.ports import IN
from bridge.music.note import BAND, Note
from bridge.web.deeds import NAMES
from bridge.web.house import House
from bridge.wire.protocol import Closed, FromWire, Input, Sent, Unplugged

LINES = 30
"""Notices that a new page is told of."""
TASTES = ("likes", "profile", "profiles", "suggest")
HANDS = ("presets", "preset/load", "snapshots", "slots", "repeats", "xy", "learn", "bindings", *TASTES)
"""What the console is asked for."""
EVENTS = 1000
"""Notes between two pieces of news at most; a page that is told fewer shows fewer."""

News = dict[str, Any]


class View:
    """Follows the house for all pages together: `everything` for one that comes, `news` for those that are there."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._events: list[list[Any]] = []
        self._values: dict[str, Any] = {}
        self._status: dict[str, Any] = {}
        self._map: TempoMap | None = None
        self._plan: frozenset[int] = frozenset()
        self._rows: tuple[Parameter, ...] = ()
        self._hands: dict[str, tuple[str, ...]] = {}
        self._lines = 0
        self.news(whole=True)

    def everything(self, now: float) -> News:
        """All that a page needs which knows nothing yet; the news so far must have been told before."""
        house = self._house
        return {
            "type": "all",
            "now": now,
            "version": __version__,
            "table": [_row(place) for place in house.table],
            "values": house.table.snapshot(),
            "deeds": NAMES,
            "hands": self._hands,
            "status": self._status,
            "map": _map(house.band.map),
            "past": [_past(heard) for heard in house.band.memory],
            "plan": list(self._planned(self._plan)),
            "log": self._said(LINES),
        }

    def saw(self, message: FromWire) -> None:
        """The wire said something."""
        if len(self._events) < EVENTS:
            event = _event(message)
            if event is not None:
                self._events.append(event)

    def news(self, whole: bool = False) -> News:
        """What has changed since the last time; {} for nothing. Status and table are looked at where `whole`."""
        house, news = self._house, News()
        if self._events:
            news["events"], self._events = self._events, []
        plan = frozenset(house.band.plan.ids)
        if plan != self._plan:
            news["gone"] = sorted(self._plan - plan)
            news["plan"] = list(self._planned(plan - self._plan))
            self._plan = plan
        values = house.table.snapshot()
        if values != self._values:
            news["values"] = _changed(self._values, values)
            self._values = values
        if house.band.map is not self._map:
            self._map = house.band.map
            news["map"] = _map(self._map)
        if house.notices.count != self._lines:
            news["log"] = self._said(house.notices.count - self._lines)
            self._lines = house.notices.count
        if whole:
            news |= self._slow_news()
        return news

    def _slow_news(self) -> News:
        house, news = self._house, News()
        status = _plain(house.status())
        if status != self._status:
            news["status"] = _changed(self._status, status)
            self._status = status
        hands = {name: house.ask(name) for name in HANDS}
        if hands != self._hands:
            news["hands"] = self._hands = hands
        rows = tuple(place.parameter for place in house.table)
        if rows != self._rows:
            news["table"] = [_row(place) for place in house.table]
            self._rows = rows
        return news

    def _planned(self, ids: frozenset[int]) -> Iterator[list[Any]]:
        for id, note, by_rule in self._house.band.plan.notes:
            if id in ids and note.voice in BAND:
                yield [id, *_note(note), int(by_rule)]

    def _said(self, count: int) -> list[str]:
        return list(self._house.notices.lines)[-count:] if count > 0 else []


def _event(message: FromWire) -> list[Any] | None:
    match message:
        case Input(_, beat, port, data) if port == IN:
            match decode(data):
                case NoteOn(_, pitch, velocity):
                    return ["on", beat, pitch, velocity]
                case NoteOff(_, pitch):
                    return ["off", beat, pitch]
        case Sent(_, id, note, late, dropped) if note.voice in BAND:
            return ["dropped", id] if dropped else ["sent", id, *_note(note), round(late * 1000, 3)]
        case Closed(id, beat):
            return ["closed", id, beat]
        case Unplugged(port, beat) if port == IN:
            return ["lifted", beat]
    return None


def _past(heard: Heard) -> list[Any]:
    match heard:
        case Pressed(beat, pitch, velocity):
            return ["on", beat, pitch, velocity]
        case Released(beat, pitch):
            return ["off", beat, pitch]
        case Sounded(note):
            return ["sent", 0, *_note(note), 0.0]


def _note(note: Note) -> tuple[str, float, float, int, int]:
    return note.voice.value, round(note.beat, 4), round(note.duration, 4), note.pitch, note.velocity


def _map(map: TempoMap) -> News:
    return {
        "epoch": map.epoch,
        "beat": map.beat,
        "time": map.time,
        "bpm": map.bpm,
        "bar": map.meter.bar,
        "song": map.song,
        "playing": map.playing,
    }


def _row(place: Place) -> News:
    row = place.parameter
    return {
        "path": place.path,
        "name": row.name,
        "voice": place.voice.value if place.voice else "",
        "kind": row.kind.value,
        "group": row.group,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "floor": row.floor,
        "unit": row.unit,
        "curve": row.curve.value,
        "choices": row.choices,
        "description": row.description,
        "default": row.default,
    }


def _plain(status: Status) -> News:
    plain: News = msgspec.structs.asdict(status)
    return plain


def _changed(before: News, after: News) -> News:
    return {name: value for name, value in after.items() if name not in before or before[name] != value}
