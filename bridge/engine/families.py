"""The model families that there are, each by the name that stands in a pack's `pack.toml`.

A family is a class that is made with a pack and a function that opens its graphs, and then plays as
`bridge.engine.family.Family` says. Its module is imported only when a pack of it is opened. Families of other packages
are found by the entry point group `antiphon.families`: see docs/add-a-model.md. That is code which the user has
installed; a pack itself is data, and names no code.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from bridge.engine.family import Family
from bridge.engine.pack import SOUNDING, Pack
from bridge.engine.session import Session
from bridge.errors import PackError

GROUP = "antiphon.families"

Make = Callable[[Pack, Callable[[str], Session]], Family]

FAMILIES: dict[str, str | Make] = {
    "lstm": "bridge.engine.lstm:Lstm",
    "transformer": "bridge.engine.transformer:Transformer",
    "theory-vae": "bridge.engine.theory_vae:TheoryVae",
    "cvae": "bridge.engine.cvae:Cvae",
    "gan": "bridge.engine.gan:Gan",
    "diffusion": "bridge.engine.diffusion:Diffusion",
}
"""Our own families -> their class, or where it is: module:class."""


def is_known(family: str) -> bool:
    """Whether packs of a family can be played here."""
    return family in FAMILIES or _installed(family) is not None


def check(family: str) -> None:
    """Raises PackError where packs of a family can neither be played here nor make sound."""
    if not is_known(family) and family not in SOUNDING:
        raise PackError(f"this Antiphon plays no family «{family}»; update it, or install the package that plays it")


def maker(family: str) -> Make:
    """What makes a pack of a family play. Raises PackError where there is no such family, or it cannot be imported."""
    check(family)
    found = FAMILIES.get(family) or _installed(family)
    if found is None:
        raise PackError(f"packs of the family «{family}» make sound and play no voice; name one under [texture]")
    try:
        if isinstance(found, EntryPoint):
            found = found.load()
        elif isinstance(found, str):
            module, _, name = found.partition(":")
            found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PackError(f"the family «{family}» cannot be loaded ({error}); install its package again") from None
    made: Make = found
    return made


def _installed(family: str) -> EntryPoint | None:
    return next(iter(entry_points(group=GROUP, name=family)), None)
