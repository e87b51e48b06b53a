"""A preset: everything about a set-up in one file that people can read."""

import math
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec
import tomlkit

from bridge.control.deeds import SNAPSHOTS
from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable
from bridge.errors import SettingsError
from bridge.jam.phrase import Phrase, sane
from bridge.jam.stock import SLOTS

SCHEMA = 1
LARGEST = 4 << 20
"""Bytes of a preset at most."""
KNOWN = frozenset({"schema", "name", "packs", "values", "snapshots", "slots"})

Values = Mapping[str, Value]


class PackRef(msgspec.Struct, frozen=True):
    """The pack that a voice (or `default`) played with: its name, and the SHA-256 of its card."""

    name: str
    sha256: str = ""


class Preset(msgspec.Struct, frozen=True):
    """Values by path, the packs that played, and the snapshots and phrase slots by their letters."""

    name: str
    packs: Mapping[str, PackRef] = {}
    values: Values = {}
    snapshots: Mapping[str, Values] = {}
    slots: Mapping[str, Phrase] | None = None
    """None where it says nothing of them."""

    def text(self) -> str:
        """The file."""
        said = {
            "schema": SCHEMA,
            "name": self.name,
            "packs": msgspec.to_builtins(self.packs),
            "values": dict(self.values),
            "snapshots": {letter: dict(values) for letter, values in self.snapshots.items()},
        }
        if self.slots is not None:
            said["slots"] = {letter: _said(phrase) for letter, phrase in self.slots.items()}
        return tomlkit.dumps(said)


def read_preset(text: str) -> tuple[Preset, list[str]]:
    """The preset in a file, and what in it was not understood, in words. Raises SettingsError where it is none."""
    try:
        said: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"it is no preset: {error}") from None
    warnings = []
    schema = said.get("schema")
    if not isinstance(schema, int) or schema < 1:
        raise SettingsError("it is no preset: it names no schema")
    if schema > SCHEMA:
        warnings.append(f"it has schema {schema}, newer than {SCHEMA}: what this Antiphon knows of it is used")
    warnings += [f"«{name[:40]}» is not known here and left out" for name in sorted(said.keys() - KNOWN)]
    packs = {}
    for voice, ref in _table(said, "packs", warnings).items():
        try:
            packs[voice] = msgspec.convert(ref, PackRef)
        except msgspec.ValidationError as error:
            warnings.append(f"packs.{voice[:40]}: {error}; it is left out")
    snapshots = {}
    for letter, values in _table(said, "snapshots", warnings).items():
        if letter in SNAPSHOTS and isinstance(values, dict):
            snapshots[letter] = _values(values, f"snapshots.{letter}", warnings)
        else:
            warnings.append(f"snapshots.{letter[:40]} is no snapshot and left out; they are {', '.join(SNAPSHOTS)}")
    values = _values(_table(said, "values", warnings), "values", warnings)
    slots = _slots(said, warnings) if "slots" in said else None
    return Preset(str(said.get("name", "")), packs, values, snapshots, slots), warnings


def apply(table: ParameterTable, values: Values, source: str) -> list[str]:
    """Set what can be set; returns what could not, in words, a line each."""
    warnings = []
    for path, value in values.items():
        try:
            table.set(path, value, source=source)
        except SettingsError as error:
            warnings.append(str(error))
    return warnings


def _said(phrase: Phrase) -> dict[str, Any]:
    """A phrase as a file has it: beats are told to a thousandth."""
    notes = [
        [note.voice.value, math.floor(note.beat * 1000) / 1000, _thousandth(note.duration), note.pitch, note.velocity]
        for note in phrase.notes
    ]
    return {"beats": phrase.beats, "bar": phrase.bar, "upbeat": round(phrase.upbeat, 3), "notes": notes}


def _thousandth(duration: float) -> float:
    return max(math.floor(duration * 1000), 1) / 1000


def _slots(said: dict[str, Any], warnings: list[str]) -> dict[str, Phrase]:
    slots = {}
    for letter, phrase in _table(said, "slots", warnings).items():
        try:
            found = msgspec.convert(phrase, Phrase)
            if letter not in SLOTS or not sane(found):
                raise msgspec.ValidationError("it is no phrase of whole bars")
            slots[letter] = found
        except msgspec.ValidationError as error:
            warnings.append(f"slots.{letter[:40]}: {error}; it is left out")
    return slots


def _table(said: dict[str, Any], name: str, warnings: list[str]) -> dict[str, Any]:
    found = said.get(name, {})
    if isinstance(found, dict):
        return found
    warnings.append(f"«{name}» is no table and left out")
    return {}


def _values(said: dict[str, Any], where: str, warnings: list[str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for path, value in said.items():
        if isinstance(value, bool | int | float | str):
            values[path] = value
        else:
            warnings.append(f"{where}.{path[:40]} is no value and left out")
    return values
