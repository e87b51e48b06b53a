"""THIRD-PARTY.txt: everybody whose work is in the bundle, with the licence it came under, in full."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bridge.engine.pack import Card, read_card
from bundle import licences
from bundle.contents import INSIDE, Item
from bundle.owners import Owner, Owners, UnknownOwnerError

FILE = "THIRD-PARTY.txt"
CREDITS = "CARD.md"
"""The file of a pack that says what it was made of."""
RULE = "=" * 100
INTRODUCTION = """Antiphon itself is under the Apache License 2.0 (LICENSE.txt).

This folder also holds the work of others. It was made by walking through the folder: for each of them follow
name, version, licence and number of files, then the texts. What has no text here lies inside a package that
carries it, and is covered by that package's texts.
"""


class Share(msgspec.Struct, frozen=True):
    """An owner and how many files and modules of the bundle are its."""

    owner: Owner
    files: int


def shares(items: Iterable[Item], owners: Owners, always: Iterable[Owner] = ()) -> list[Share]:
    """Everybody's share, by name; `always` are those who own part of the binary itself. Raises UnknownOwnerError."""
    counted: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], Owner] = {}
    for owner in (*always, *(owners.of(item) for item in items)):
        if owner is not None:
            key = owner.name, owner.within
            found[key] = owner
            counted[key] += 1
    return [Share(found[key], counted[key]) for key in sorted(found, key=lambda key: (key[0].casefold(), key[1]))]


def refuse_copyleft(found: Iterable[Share]) -> None:
    """Raises UnknownOwnerError for work that may only be handed out under the GPL."""
    bad = [share.owner for share in found if licences.is_copyleft(share.owner.licence)]
    if bad:
        names = ", ".join(f"{owner.name} ({owner.licence})" for owner in bad)
        raise UnknownOwnerError(
            f"GPL code may not be in the bundle: {names}; leave it out in packaging/bundle/recipe.py"
        )


def packs(folder: Path) -> list[tuple[str, Card]]:
    """The packs in a finished folder: path of the pack's folder, and its card. Raises PackError, UnknownOwnerError."""
    models = folder / INSIDE / "bridge" / "models"
    found = sorted(path for path in models.iterdir() if (path / "pack.toml").is_file())
    for path in found:
        if not (path / CREDITS).is_file():
            raise UnknownOwnerError(f"the pack {path.name} has no {CREDITS}: its data and credits have to be in it")
    return [(path.relative_to(folder).as_posix(), read_card(path)) for path in found]


def notices(found: Sequence[Share], models: Iterable[tuple[str, Card]]) -> str:
    """The whole text."""
    parts = [INTRODUCTION, "\n".join(_line(share) for share in found)]
    cards = [
        f"{card.name} {card.version}: {card.licence}; its data and credits: {path}/{CREDITS}" for path, card in models
    ]
    parts.append("Models\n\n" + "\n".join(cards))
    for share in found:
        owner = share.owner
        for text in owner.texts:
            title = f"{owner.name} {owner.version}: {text.file}"
            parts.append(f"{RULE}\n{title}\n{RULE}\n\n{text.text.strip()}")
    return "\n\n".join(parts) + "\n"


def _line(share: Share) -> str:
    owner = share.owner
    name = f"{owner.name} {owner.version}".strip()
    whence = f"in {owner.within}" if owner.within else owner.home
    return f"  {name:<34} {owner.licence:<58} {share.files:>4}  {whence}".rstrip()
