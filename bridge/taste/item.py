"""What can be liked: phrases, presets and settings of knobs, each with an id that is the same for every player."""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from bridge.control.parameter import Kind as ParameterKind
from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable, Place
from bridge.control.preset import PackRef, Preset
from bridge.control.rows import PACK
from bridge.control.snapshots import HANDS, PLACE
from bridge.taste.phrase import Phrase

STEPS = 8
"""Parts of a knob's way that are told apart."""
OTHER_GROUPS = frozenset(("time", "snapshots", "controllers"))
"""Groups of parameters that say nothing of how the band plays."""
OTHERS = frozenset(("seed", "key", "chords", "taste", "like_bars", *HANDS, *PLACE))
"""Nor do these: they belong to the song, to the room or to the hands."""


class Kind(StrEnum):
    """What an item is."""

    PHRASE = "phrase"
    PRESET = "preset"
    SETTING = "setting"


class Item(msgspec.Struct, frozen=True):
    """Something that can be liked; `content` is JSON, and all that is needed to bring it back."""

    id: str
    kind: Kind
    label: str
    content: str


class Knobs(msgspec.Struct, frozen=True):
    """The content of a preset or a setting: values by path, and the same as numbers between 0 and 1."""

    values: Mapping[str, Value]
    places: Mapping[str, float]
    """`density` -> a fader's position; `mode=trade` -> 1.0."""
    name: str = ""
    """The preset's."""
    packs: Mapping[str, PackRef] = {}


def of_phrase(phrase: Phrase) -> Item:
    """A phrase as an item."""
    return Item(phrase.id, Kind.PHRASE, phrase.label, _json(phrase))


def of_preset(preset: Preset, table: ParameterTable) -> Item:
    """A preset as an item: the same for everybody who has it, under whatever name."""
    here = {place.path: place for place in table if is_musical(place)}
    values = {path: value for path, value in sorted(preset.values.items()) if path in here}
    places = dict(entry for path, value in values.items() for entry in _position(here[path], value))
    packs = {voice: ref.name for voice, ref in sorted(preset.packs.items())}
    said = repr((sorted(places.items()), sorted(packs.items())))
    id = f"{Kind.PRESET.value}:{hashlib.sha256(said.encode()).hexdigest()[:20]}"
    knobs = Knobs(dict(preset.values), places, preset.name, preset.packs)
    return Item(id, Kind.PRESET, f"«{preset.name}»", _json(knobs))


def of_settings(table: ParameterTable) -> list[Item]:
    """How the band's knobs stand now: an item for each that is off its default."""
    found = []
    for place in table:
        value = table.get(place.path)
        if is_musical(place) and value != place.parameter.default:
            found.append(of_setting(place, value))
    return found


def of_setting(place: Place, value: Value) -> Item:
    """How one knob stands, to an eighth of its way."""
    position = dict(_position(place, value))
    name, at = next(iter(position.items()), (place.path, 0.0))
    step = name if "=" in name else f"{name}:{min(int(at * STEPS), STEPS - 1)}"
    unit = f" {place.parameter.unit}" if place.parameter.unit and not isinstance(value, str) else ""
    shown = (
        ("on" if value else "off") if isinstance(value, bool) else f"{value:g}" if not isinstance(value, str) else value
    )
    label = f"{place.path.removeprefix('voice/').replace('/', ' ').replace('_', ' ')} {shown}{unit}"
    return Item(f"{Kind.SETTING.value}:{step}", Kind.SETTING, label, _json(Knobs({place.path: value}, position)))


def is_musical(place: Place) -> bool:
    """Whether a parameter says how the band plays."""
    row = place.parameter
    plain = row.group not in OTHER_GROUPS and row.name not in OTHERS
    return plain and row.kind is not ParameterKind.CHART


def phrase_of(item: Item) -> Phrase:
    """The phrase of an item. Raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(item.content, type=Phrase)


def knobs_of(item: Item) -> Knobs:
    """The values of a preset or setting. Raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(item.content, type=Knobs)


def preset_of(item: Item) -> Preset:
    """The preset of an item. Raises msgspec.ValidationError or DecodeError."""
    knobs = knobs_of(item)
    return Preset(knobs.name, knobs.packs, knobs.values)


def _position(place: Place, value: Value) -> Iterable[tuple[str, float]]:
    """A value as a name and a number between 0 and 1; nothing for what the parameter cannot be."""
    row = place.parameter
    if row.kind is ParameterKind.CHOICE or row.name == PACK:
        return [(f"{place.path}={value}", 1.0)]
    if isinstance(value, str):
        return []
    return [(place.path, round(min(max(row.position(value), 0.0), 1.0), 4))]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
