"""Phrases that nobody has described yet, described: those that a merge brought, or that were liked while no pack that
can describe was loaded. Done by `antiphon taste suggest`, in a process of its own, where no music waits.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.engine.catalogue import find
from bridge.engine.families import maker
from bridge.engine.family import Describes
from bridge.engine.pack import Pack, pack_sha
from bridge.engine.session import open_session
from bridge.errors import EngineError, PackError
from bridge.taste.item import phrase_of
from bridge.taste.phrase import Phrase
from bridge.taste.store import Store

DESCRIBER = "cvae"
"""The pack whose latents the content of phrases is mixed with."""
MOST = 1000
"""Phrases that are described at a time."""


def open_describer(folder: Path) -> Describes:
    """A pack that describes phrases. Raises PackError where it cannot, or cannot be opened."""
    pack = Pack.load(folder)
    family = maker(pack.card.family)(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))
    if not isinstance(family, Describes):
        raise PackError(f"{pack.card.name}: it does not say where phrases lie; choose another pack")
    return family


def place_of(family: Describes, phrase: Phrase) -> Sequence[float]:
    """Where a family has a phrase; empty for one that it cannot read. Raises EngineError."""
    key = phrase.key.pitch_classes if phrase.key is not None else ()
    return family.describe(phrase.notes, phrase.beats, phrase.bar, key)


def describe_rest(store: Store, name: str = DESCRIBER) -> int:
    """Describe phrases of a store that a pack has not described yet; returns how many, 0 without such a pack."""
    try:
        folder = find(name)
        sha = pack_sha(folder)
        waiting = store.undescribed(name, sha)[:MOST]
        family = open_describer(folder) if waiting else None
    except PackError:
        return 0
    count = 0
    for item in waiting:
        try:
            place = place_of(family, phrase_of(item)) if family is not None else ()
        except (EngineError, msgspec.MsgspecError):
            continue
        if place:
            store.place(item.id, name, sha, tuple(place))
            count += 1
    return count
