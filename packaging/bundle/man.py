"""The manual page, made from what `--help` says."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import typer

from bridge.cli import app
from bridge.settings import HOME
from bundle import version

FILES = (
    ("~/.config/antiphon/config.toml", "Settings; every field has a default."),
    ("~/.local/share/antiphon/packs", "Packs of your own."),
    ("~/.local/state/antiphon", "Lock, ledger and log."),
)
ENVIRONMENT = ((HOME, "One folder for settings, state and packs, instead of the places above."),)


def page(time: int) -> str:
    """antiphon(1) in roff. `time` is the page's date in seconds since 1970."""
    root: Any = typer.main.get_command(app)
    date = datetime.fromtimestamp(time, UTC).date().isoformat()
    lines = [
        f'.TH ANTIPHON 1 "{date}" "antiphon {version.VERSION}" "User Commands"',
        ".SH NAME",
        f"antiphon \\- {version.SUMMARY}",
        ".SH SYNOPSIS",
        ".B antiphon",
        "[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]",
        ".SH DESCRIPTION",
        escaped(root.help or ""),
        ".SH OPTIONS",
        *_options(root),
        ".SH COMMANDS",
    ]
    for name, command in sorted(root.commands.items()):
        arguments = " ".join(f"\\fI{part.name}\\fR" for part in command.params if part.param_type_name == "argument")
        lines.append(f".SS antiphon {name} {arguments}")
        lines.append(escaped(command.help or ""))
        lines += _options(command)
    lines.append(".SH FILES")
    for path, what in FILES:
        lines += [".TP", f".I {escaped(path)}", escaped(what)]
    lines.append(".SH ENVIRONMENT")
    for variable, what in ENVIRONMENT:
        lines += [".TP", f".B {escaped(variable)}", escaped(what)]
    lines += [".SH EXIT STATUS", "0: fine; 1: it failed, and said why; 2: wrong usage."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def escaped(text: str) -> str:
    """Text as roff takes it: no line begins a request, no hyphen becomes a dash, and only ASCII."""
    flat = re.sub(r"\s+", " ", text).strip()
    flat = flat.replace("\\", "\\e").replace("-", "\\-").replace("«", "\\[Fo]").replace("»", "\\[Fc]")
    flat = flat.replace("…", "...").replace("’", "'")
    return f"\\&{flat}" if flat.startswith((".", "'")) else flat


def _options(command: Any) -> Iterator[str]:
    for option in command.params:
        if option.param_type_name != "option":
            continue
        names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in option.opts)
        takes = "" if option.is_flag else f" \\fI{escaped(option.name or 'value')}\\fR"
        yield ".TP"
        yield names + takes
        yield escaped(option.help or "")
