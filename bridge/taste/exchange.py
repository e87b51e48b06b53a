"""Profiles as a file that people can read: written out, and merged into another store as often as one likes."""

import math
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bridge.control import safe_file
from bridge.errors import TasteError
from bridge.taste.item import Item, Kind, knobs_of, phrase_of
from bridge.taste.store import Opinion, Profile, Store, checked

SCHEMA = 1
LARGEST = 64 << 20
"""Bytes of a file at most."""
LONGEST = 1 << 20
"""Characters of an item's content at most."""


class Said(msgspec.Struct, frozen=True):
    """A profile in a file."""

    uid: str
    name: str
    made: float
    opinions: list[Opinion]


class Document(msgspec.Struct, frozen=True):
    """The file."""

    antiphon: str
    schema: int
    profiles: list[Said]
    items: list[Item]


class Merged(msgspec.Struct, frozen=True):
    """What a merge has brought: profiles and opinions that were not there before."""

    profiles: int
    opinions: int


def export(store: Store, path: Path, names: Iterable[str] = ()) -> int:
    """Write profiles (all, where none is named) to a file; returns how many. Raises TasteError."""
    chosen = [store.find(name) for name in names] or store.profiles()
    said = [Said(each.uid, each.name, each.made, store.opinions(each)) for each in chosen]
    wanted = {opinion.item for each in said for opinion in each.opinions}
    items = [item for id, item in store.items().items() if id in wanted]
    document = Document("taste", SCHEMA, said, items)
    text = msgspec.json.format(msgspec.json.encode(document), indent=1).decode()
    try:
        safe_file.write(path, f"{text}\n")
    except OSError as error:
        raise TasteError(f"{path} cannot be written ({error.strerror or error}); choose another place") from None
    return len(said)


def read(path: Path) -> Document:
    """The file at a path. Raises TasteError where it is none of ours, or says what cannot be."""
    try:
        if path.stat().st_size > LARGEST:
            raise TasteError(f"{path} has more than {LARGEST >> 20} MB; no profile of ours")
        document = msgspec.json.decode(path.read_bytes(), type=Document)
    except OSError as error:
        raise TasteError(f"{path} cannot be read ({error.strerror or error})") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TasteError(f"{path} holds no profiles that `antiphon taste export` wrote ({error})") from None
    if document.antiphon != "taste" or document.schema != SCHEMA:
        raise TasteError(f"{path} has schema {document.schema}, and this Antiphon reads {SCHEMA}; update")
    for item in document.items:
        _check(item, path)
    for said in document.profiles:
        checked(said.name)
    return document


def merge(store: Store, document: Document) -> Merged:
    """Take in what a file says; a second time it changes nothing. Raises TasteError."""
    items = {item.id: item for item in document.items}
    profiles = opinions = 0
    for said in document.profiles:
        profile = next((each for each in store.profiles() if each.uid == said.uid), None)
        if profile is None:
            profile = _welcome(store, said)
            profiles += 1
        before = {opinion.item: opinion for opinion in store.opinions(profile)}
        for opinion in said.opinions:
            item = items.get(opinion.item)
            if item is None or not (math.isfinite(opinion.value) and math.isfinite(opinion.time)):
                continue
            value = min(max(opinion.value, -1.0), 1.0)
            known = before.get(opinion.item)
            if value and (known is None or known.rank < Opinion(item.id, value, opinion.source, opinion.time).rank):
                opinions += store.opine(profile, item, value, opinion.source[:40], opinion.time)
    return Merged(profiles, opinions)


def _welcome(store: Store, said: Said) -> Profile:
    """A new profile, under another name where its own is taken."""
    taken = {profile.name.lower() for profile in store.profiles()}
    name, number = said.name[:34], 2
    while name.lower() in taken:
        name = f"{said.name[:34]} ({number})"
        number += 1
    return store.create(name, said.uid, said.made)


def _check(item: Item, path: Path) -> None:
    """Refuse an item that is not what its id says, before anything is taken in."""
    try:
        if len(item.content) > LONGEST:
            raise TasteError(f"{path}: the item {item.id[:60]} is too large")
        if not item.id.startswith(f"{item.kind.value}:") or not f"{item.id}{item.label}".isprintable():
            raise TasteError(f"{path}: an item is called what none of ours is; the file was changed")
        if item.kind is not Kind.PHRASE:
            knobs_of(item)
        elif not phrase_of(item).sound or phrase_of(item).id != item.id:
            raise TasteError(f"{path}: the phrase {item.id[:60]} is not what its name says; the file was changed")
    except (msgspec.MsgspecError, ArithmeticError) as error:
        raise TasteError(f"{path}: the item {item.id[:60]} cannot be read ({error})") from None
