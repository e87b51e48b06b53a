"""What `antiphon taste` does. The daemon may run meanwhile: it sees within seconds what was changed here."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from bridge.control.parameters import ParameterTable
from bridge.control.preset_shelf import FOLDER, PresetShelf
from bridge.errors import SettingsError, TasteError
from bridge.settings import config_folder, taste_file
from bridge.taste.item import Item, of_preset
from bridge.taste.state import verb
from bridge.taste.store import Store

Text = Callable[[], str]
EMPTY = "nothing is liked or disliked yet: /antiphon/like over OSC, the page's buttons, or a foot-switch that learnt it"


def listed(name: str | None) -> str:
    """What a profile likes and dislikes. Raises TasteError."""
    with _store() as store:
        profile = store.current() if name is None else store.find(name)
        items = store.items()
        lines = [
            f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(opinion.time))}  {verb(opinion.value):<9} "
            f"{items[opinion.item].kind.value} {items[opinion.item].label}"
            for opinion in store.opinions(profile)
            if opinion.item in items
        ]
    return "\n".join([f"{profile.name}:", *lines]) if lines else f"{profile.name}: {EMPTY}"


def profile(name: str | None, new: bool, rename: str | None) -> str:
    """The profiles, or what was done with one. Raises TasteError."""
    with _store() as store:
        if name is not None and new:
            store.choose(store.create(name, made=time.time()).name)
        elif rename is not None:
            store.rename(name or store.current().name, rename)
        elif name is not None:
            store.choose(name)
        used = store.current()
        return "\n".join(
            f"{'*' if each.id == used.id else ' '} {each.name:<40} {store.count(each)} opinions"
            for each in store.profiles()
        )


def suggest(name: str | None, count: int, as_json: bool) -> str:
    """What a profile may like. Raises TasteError."""
    from bridge.taste import neighbours
    from bridge.taste.describing import describe_rest
    from bridge.taste.suggest import suggestions

    with _store() as store:
        profile = store.current() if name is None else store.find(name)
        describe_rest(store)
        found = suggestions(store, profile, _presets(), count)
    if as_json:
        return msgspec.json.encode(found).decode()
    lines = [one.line for one in found] or [
        "nothing to suggest yet: like and dislike some more, or merge what a friend has exported"
    ]
    if not neighbours.there():
        lines.append(
            "(by what you liked alone: other players count with the extra `taste`, pip install antiphon[taste])"
        )
    return "\n".join(lines)


def export(path: Path, names: Sequence[str]) -> str:
    """Write profiles to a file. Raises TasteError."""
    from bridge.taste import exchange

    with _store() as store:
        count = exchange.export(store, path, names)
    return f"{path}: {count} profile{'' if count == 1 else 's'}"


def merge(path: Path) -> str:
    """Take in a file. Raises TasteError."""
    from bridge.taste import exchange

    document = exchange.read(path)
    with _store() as store:
        store.current()  # the user's own is there before those of others come
        merged = exchange.merge(store, document)
    return f"{merged.profiles} new profiles, {merged.opinions} new opinions"


def forget(name: str | None) -> str:
    """Delete a profile, or all of them. Raises TasteError."""
    with _store() as store:
        gone = store.forget(name)
    return f"forgot {'everybody' if name is None else f'«{name}»'}: {gone} opinions deleted"


def simulate(seed: int, quick: bool) -> str:
    """The table of the trial. Raises TasteError without scikit-learn, PackError without the melody pack."""
    from bridge.taste import neighbours
    from bridge.taste.simulate.report import FULL, QUICK, report

    if not neighbours.there():
        raise TasteError("the trial needs scikit-learn; pip install antiphon[taste]")
    return report(seed, QUICK if quick else FULL)


def _presets() -> Iterator[Item]:
    """The presets on the shelf; those that cannot be read are left out."""
    shelf, table = PresetShelf(config_folder() / FOLDER), ParameterTable()
    for name in shelf.names:
        try:
            yield of_preset(shelf.load(name)[0], table)
        except SettingsError:
            continue


@contextmanager
def _store() -> Iterator[Store]:
    with closing(Store(taste_file())) as store:
        yield store
