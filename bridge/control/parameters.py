"""The parameter table: the one place that holds the knobs' values."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

import msgspec

from bridge.control.deeds import DEEDS
from bridge.control.parameter import ROOT, Kind, Parameter, Value
from bridge.control.rows import PARAMETERS
from bridge.errors import SettingsError
from bridge.music.key import Key, pitch_class
from bridge.music.meter import Meter
from bridge.music.note import BAND, Voice

RESERVED = frozenset(
    {"voice", "play", "resume", "stop", "locate", "tap", "keep", "panic", "status", "ping", "refresh", "error"}
    | {"preset", "snapshot", "slot", "program"}
    | {deed.name for deed in DEEDS}
)
"""Names that mean something else at their address."""
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Place(msgspec.Struct, frozen=True):
    """Where a value lies: a parameter and, if it is one a voice has, the voice."""

    parameter: Parameter
    voice: Voice | None = None

    @property
    def path(self) -> str:
        """`tempo` or `voice/bass/level`: the name in settings and presets."""
        name = self.parameter.name
        return name if self.voice is None else f"voice/{self.voice.value}/{name}"

    @property
    def address(self) -> str:
        """The OSC address: `/antiphon/` and the path."""
        return f"{ROOT}/{self.path}"


class Change(msgspec.Struct, frozen=True):
    """What a `set` did; `source` says who did it, so that news need not go back to where it came from."""

    place: Place
    old: Value
    new: Value
    source: str = ""


Listener = Callable[[Change], object]


class ParameterTable:
    """Every parameter's value in natural units. A name is a parameter's, or a whole path (`voice/bass/level`)."""

    def __init__(self, rows: Sequence[Parameter] = PARAMETERS, voices: Sequence[Voice] = BAND) -> None:
        self._voices = tuple(voices)
        self._places: dict[str, Place] = {}
        self._values: dict[str, Value] = {}
        self._listeners: list[Listener] = []
        self.join(rows)

    def set(self, name: str, value: object, voice: Voice | None = None, source: str = "") -> Change:
        """Set a value, converted and brought within its range, and tell the listeners if it is another one.

        Raises SettingsError for an unknown name and for what the parameter cannot be.
        """
        place = self.place(name, voice)
        change = Change(place, self._values[place.path], place.parameter.convert(value), source)
        if change.new != change.old:
            self._values[place.path] = change.new
            for listener in tuple(self._listeners):
                listener(change)
        return change

    def get(self, name: str, voice: Voice | None = None) -> Value:
        """The value in natural units. Raises SettingsError for an unknown name."""
        return self._values[self.place(name, voice).path]

    def place(self, name: str, voice: Voice | None = None) -> Place:
        """Where a name points. Raises SettingsError with the nearest name there is."""
        path = name if voice is None else f"voice/{voice.value}/{name}"
        place = self._places.get(path)
        if place is None:
            raise SettingsError(self._unknown(path))
        return place

    def at(self, address: str) -> Place | None:
        """Where an OSC address points, or None."""
        return self._places.get(address.removeprefix(f"{ROOT}/")) if address.startswith(f"{ROOT}/") else None

    def __iter__(self) -> Iterator[Place]:
        """Every place, in the order of the rows, voices in the band's order."""
        return iter(tuple(self._places.values()))

    def snapshot(self) -> dict[str, Value]:
        """Every value by path, in a copy of its own."""
        return dict(self._values)

    def restore(self, snapshot: dict[str, Value], source: str = "") -> None:
        """Set every value of a snapshot. Raises SettingsError at the first that cannot be set."""
        for path, value in snapshot.items():
            self.set(path, value, source=source)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change, until the function that is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def fit(self, row: Parameter, voice: Voice | None = None) -> None:
        """Put another row in the place of one of its name (at a voice), as where there are other choices now.

        A value that the new one cannot have gives way to the default. Raises SettingsError for an unknown name.
        """
        old = self.place(row.name, voice)
        new = Place(row, old.voice)
        self._places[old.path] = new
        if row.kind is Kind.CHOICE and self._values[old.path] not in row.choices:
            self.set(old.path, row.default)

    def join(self, rows: Sequence[Parameter]) -> None:
        """Take in parameters, such as a pack's own knobs, at their defaults. Raises SettingsError, then none joins."""
        places = [place for row in rows for place in self._places_of(row)]
        taken = [place.path for place in places if place.path in self._places]
        wrong = [row.name for row in rows if row.name in RESERVED or not NAME.fullmatch(row.name)]
        if taken or wrong or len({place.path for place in places}) < len(places):
            names = ", ".join(taken or wrong) or "a name given twice"
            raise SettingsError(f"a parameter cannot be called {names}: the name is taken or cannot be an address")
        for place in places:
            self._places[place.path] = place
            self._values[place.path] = place.parameter.convert(place.parameter.default)

    def leave(self, names: Sequence[str]) -> None:
        """Let parameters go, with their values; names that are not there are no matter."""
        for place in self:
            if place.parameter.name in names:
                del self._places[place.path], self._values[place.path]

    def meter(self) -> Meter:
        """The meter that is set."""
        beats, unit = str(self.get("meter")).split("/")
        return Meter(int(beats), int(unit))

    def key(self) -> Key | None:
        """The key that is set, or None where the band is to listen for it."""
        tonic, scale = str(self.get("key")), str(self.get("scale"))
        if tonic == "auto":
            return None
        return Key(pitch_class(tonic), "major" if scale == "auto" else scale)

    def _places_of(self, row: Parameter) -> list[Place]:
        return [Place(row, voice) for voice in self._voices] if row.per_voice else [Place(row)]

    def _unknown(self, path: str) -> str:
        voices = [place.voice.value for place in self if place.voice and place.parameter.name == path]
        if voices:
            return f"{path} is set for one voice at a time: voice/{voices[0]}/{path}"
        near = get_close_matches(path[:80], self._places, 1)
        return f"there is no parameter «{path[:80]}»" + (f"; did you mean «{near[0]}»?" if near else "")
