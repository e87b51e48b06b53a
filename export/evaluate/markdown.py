"""Markdown with its lines wrapped, after figures of any length were put in."""

import re
import textwrap

WIDTH = 116


def filled(text: str) -> str:
    """Paragraphs and list items wrapped; headings, tables and code are left as they are."""
    parts = text.split("```")
    return "```".join(part if number % 2 else _wrapped(part) for number, part in enumerate(parts))


def _wrapped(part: str) -> str:
    pieces = re.split(r"(\n\n+|\n(?=[-#] )|(?<=\n)(?=##? ))", part)
    return "".join(piece if number % 2 else _block(piece) for number, piece in enumerate(pieces))


def _block(block: str) -> str:
    heading, line_end, rest = block.partition("\n") if block.startswith("#") else ("", "", block)
    if not rest.strip() or rest.lstrip().startswith("|"):
        return block
    indent = "  " if rest.startswith("- ") else ""
    plain = textwrap.fill(
        " ".join(rest.split()), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return heading + line_end + plain + ("\n" if block.endswith("\n") else "")
