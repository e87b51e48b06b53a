"""What a finished folder has to keep to, whatever went into it."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from bundle import recipe
from bundle.contents import INSIDE, Item, unlisted, walk

MB = 1_000_000
LIBRARY = "lib-dynload/"
"""Folder of Python's own extension modules."""


def size_mb(folder: Path) -> float:
    """Megabytes of a folder's files; links count nothing."""
    return sum(path.stat().st_size for path in walk(folder)) / MB


def broken(folder: Path, listed: Iterable[Item]) -> list[str]:
    """Every limit that the folder breaks, in words; none is well."""
    items = list(listed)
    whole, packs = size_mb(folder), size_mb(folder / INSIDE / "bridge" / "models")
    said = []
    limit = recipe.CUDA_LIMIT_MB if any(recipe.CUDA in item.name for item in items) else recipe.LIMIT_MB
    if whole > limit:
        said.append(f"the folder has {whole:.0f} MB, more than {limit}")
    if packs > recipe.PACKS_LIMIT_MB:
        said.append(f"the packs have {packs:.1f} MB, more than {recipe.PACKS_LIMIT_MB}")
    said += [f"the module {item.name} may not be in it" for item in items if _forbidden(item)]
    there = [path.relative_to(folder).as_posix() for path in walk(folder)]
    said += [f"{name} has to come from the system" for name in there if recipe.is_left_to_the_system(name)]
    said += [f"nobody listed {name}" for name in unlisted(folder, items)]
    return said


def _forbidden(item: Item) -> bool:
    """Whether an item is a module that was to be left out, or a file of one."""
    if item.is_module:
        return recipe.is_excluded(item.name)
    *folders, file = PurePosixPath(item.name.rpartition(LIBRARY)[2]).parts
    return recipe.is_excluded(".".join([*folders, file.partition(".")[0]]))
