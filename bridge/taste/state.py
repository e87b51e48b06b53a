"""What the daemon knows of the profile that is played with, read from the store."""

import msgspec

from bridge.taste.item import Item
from bridge.taste.liking import Liking
from bridge.taste.store import Store

LIKE, DISLIKE = 1.0, -1.0
KEPT, CUT_SHORT = 0.5, -0.25
"""What it says of a phrase that it was kept, or that the player cut it short: less than a word."""


class State(msgspec.Struct, frozen=True):
    """A profile in short, and what it comes to."""

    profile: str = "me"
    profiles: tuple[str, ...] = ()
    likes: int = 0
    dislikes: int = 0
    last: str = ""
    """What was said last, in words."""
    liking: Liking = Liking()


def look(store: Store) -> State:
    """What a store says of the profile that is played with. Raises TasteError."""
    from bridge.taste.model import liking  # numpy, on this thread and only for those who like something

    profile = store.current()
    opinions = store.opinions(profile)
    last = store.item(opinions[0].item) if opinions else None
    return State(
        profile=profile.name,
        profiles=tuple(each.name for each in store.profiles()),
        likes=sum(opinion.value > 0 for opinion in opinions),
        dislikes=sum(opinion.value < 0 for opinion in opinions),
        last="" if last is None else f"{verb(opinions[0].value)}: {last.label}",
        liking=liking(store, profile),
    )


def write(store: Store, items: list[Item], value: float, source: str, time: float) -> State:
    """Keep what the profile thinks of some items. Raises TasteError."""
    profile = store.current()
    for item in items:
        store.opine(profile, item, value, source, time)
    return look(store)


def take_back(store: Store) -> State:
    """Forget what the profile said last. Raises TasteError."""
    store.take_back(store.current())
    return look(store)


def choose(store: Store, name: str) -> State:
    """Play with another profile. Raises TasteError."""
    store.choose(name)
    return look(store)


def create(store: Store, name: str, made: float) -> State:
    """Play with a new profile. Raises TasteError."""
    store.choose(store.create(name, made=made).name)
    return look(store)


def rename(store: Store, name: str) -> State:
    """Give the profile another name. Raises TasteError."""
    store.rename(store.current().name, name)
    return look(store)


def verb(value: float) -> str:
    """What an opinion is called."""
    if value in (LIKE, DISLIKE):
        return "liked" if value > 0 else "disliked"
    return "kept" if value > 0 else "cut short"
