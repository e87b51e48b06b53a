"""Snapshots A to D, and the fader that morphs between two of them."""

from bridge.control.deeds import SNAPSHOTS
from bridge.control.history import MORPHED, UNDONE
from bridge.control.parameter import Kind, Value
from bridge.control.parameters import Change, ParameterTable, Place
from bridge.control.preset import Values, apply
from bridge.control.rows import FREEZE, MORPH, MORPH_FROM, MORPH_TO, OFFSET, PACK, RECALL_WHEN, TAKEOVER
from bridge.control.rows_time import CLOCK, IN_OFFSET, LINK, LINK_START_STOP, LINK_TEMPO
from bridge.errors import SettingsError

HANDS = frozenset((MORPH, MORPH_FROM, MORPH_TO, RECALL_WHEN, TAKEOVER, FREEZE))
"""What belongs to the hands and not to the music."""
PLACE = frozenset((OFFSET, IN_OFFSET, CLOCK, LINK, LINK_START_STOP, LINK_TEMPO))
"""What belongs to the room: the instruments' delays, and whose clock is followed."""
NUMBERS = frozenset((Kind.FLOAT, Kind.INT))


class Snapshots:
    """Keeps up to four sets of values, and blends two of them whenever the morph fader moves."""

    def __init__(self, table: ParameterTable) -> None:
        self._table = table
        self.slots: dict[str, Values] = {}
        table.subscribe(self._changed)

    def store(self, letter: str) -> None:
        """Keep how everything is now. Raises SettingsError for a letter that there is not."""
        self.slots[_letter(letter)] = taken(self._table)

    def values(self, letter: str) -> Values:
        """What a snapshot holds. Raises SettingsError where it is empty."""
        found = self.slots.get(_letter(letter))
        if found is None:
            raise SettingsError(f"snapshot {_letter(letter)} is empty; store one there first")
        return found

    def morph(self) -> None:
        """Bring the values to where the morph fader stands; nothing happens while one of the two is empty."""
        start, end = (self.slots.get(str(self._table.get(name))) for name in (MORPH_FROM, MORPH_TO))
        if start is not None and end is not None:
            apply(self._table, blend(self._table, start, end, float(self._table.get(MORPH))), MORPHED)

    def _changed(self, change: Change) -> None:
        # What is taken back, or done again, brings the values that the fader moved along with it.
        if change.place.path == MORPH and change.source != UNDONE:
            self.morph()


def taken(table: ParameterTable) -> Values:
    """The values that make up a snapshot."""
    return {
        place.path: table.get(place.path)
        for place in table
        if place.parameter.name not in HANDS and place.parameter.name not in PLACE
    }


def blend(table: ParameterTable, start: Values, end: Values, part: float) -> Values:
    """Values that lie `part` (0 to 1) of the way from one set to another.

    Numbers go along their curve, everything else changes in the middle; packs stay, as do values that one set lacks.
    """
    blended: dict[str, Value] = {}
    for place in table:
        path = place.path
        if path in start and path in end and place.parameter.name not in (*HANDS, PACK):
            try:
                blended[path] = _between(place, start[path], end[path], part)
            except SettingsError:
                continue  # of another pack that has a knob of this name
    return blended


def _between(place: Place, start: Value, end: Value, part: float) -> Value:
    parameter = place.parameter
    start, end = parameter.convert(start), parameter.convert(end)
    if part <= 0.0 or part >= 1.0 or parameter.kind not in NUMBERS:
        return start if part < 0.5 else end
    low, high = parameter.position(start), parameter.position(end)
    return parameter.natural(low + (high - low) * part)


def _letter(letter: str) -> str:
    found = letter.strip().upper()
    if found not in SNAPSHOTS:
        raise SettingsError(f"there is no snapshot «{letter[:40]}»; there are {', '.join(SNAPSHOTS)}")
    return found
