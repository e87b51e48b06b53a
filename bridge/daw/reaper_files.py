"""What is put into REAPER: the OSC pattern, the script and the sliders, made for this installation."""

from importlib.resources import files
from pathlib import Path

from bridge.control.parameters import ParameterTable
from bridge.daw.sliders import jsfx
from bridge.errors import DawError

PATTERN, SCRIPT, KNOBS = "Antiphon.ReaperOSC", "antiphon_phrases.lua", "antiphon_knobs.jsfx"
PLACES = {PATTERN: "OSC", SCRIPT: "Scripts", KNOBS: "Effects"}
"""File -> the folder of REAPER's resource path where it belongs."""


def script(inbox: Path) -> str:
    """The script, looking into that folder."""
    return _text(SCRIPT).replace("@INBOX@", inbox.as_posix())


def lay_out(folder: Path, inbox: Path) -> tuple[Path, ...]:
    """Write all three into `folder`, under the names of REAPER's own folders. Raises DawError."""
    texts = {PATTERN: _text(PATTERN), SCRIPT: script(inbox), KNOBS: jsfx(ParameterTable())}
    written = []
    try:
        for name, text in texts.items():
            file = folder / PLACES[name] / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            written.append(file)
    except OSError as error:
        raise DawError(f"cannot write to {folder} ({error.strerror}); name another folder") from None
    return tuple(written)


def _text(name: str) -> str:
    return (files("bridge.daw") / "reaper" / name).read_text("utf-8")
