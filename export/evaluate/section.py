"""Marked sections of a CARD.md: one command writes its own and leaves the rest as it is."""

import re
from pathlib import Path

BEFORE = "\n## What it is bad at"
"""New sections are put before this one."""


def put(card: str, name: str, text: str) -> str:
    """The card with a section's text in the place of what it held, or as a new section."""
    block = f"<!-- {name} -->\n{text.strip()}\n<!-- end of {name} -->\n"
    found = _pattern(name).search(card)
    if found:
        return card[: found.start()] + block + card[found.end() :]
    head, mark, rest = card.partition(BEFORE)
    return f"{head.rstrip()}\n\n{block}{mark}{rest}"


def sections(card: str) -> dict[str, str]:
    """Name -> text of the marked sections."""
    found = re.finditer(r"<!-- (?!end of )(.+?) -->\n(.*?)\n<!-- end of \1 -->\n", card, re.DOTALL)
    return {match[1]: match[2] for match in found}


def write(folder: Path, name: str, text: str) -> None:
    """Put a section into a pack's CARD.md; a pack without one gets one."""
    file = folder / "CARD.md"
    card = file.read_text("utf-8") if file.is_file() else f"# {folder.name}\n"
    file.write_text(put(card, name, text), "utf-8")


def keep(folder: Path, before: str) -> None:
    """Put the marked sections of an older card into the new one that has been written in its place."""
    for name, text in sections(before).items():
        write(folder, name, text)


def _pattern(name: str) -> re.Pattern[str]:
    mark = re.escape(name)
    return re.compile(rf"<!-- {mark} -->\n.*?<!-- end of {mark} -->\n", re.DOTALL)
