"""Writing one offset into the user's own settings file, with everything else in it left as it is.

It goes there, and not into a file of ours beside it, so that one place says what holds.
"""

import os
import tomllib
from pathlib import Path

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from bridge.errors import SettingsError
from bridge.settings import Settings


def write_offset(file: Path, port: str, milliseconds: float) -> None:
    """Set a port's offset in a settings file, which is made if it is not there. Raises SettingsError."""
    file = file.resolve()  # a link to a file elsewhere stays a link
    try:
        text = file.read_text("utf-8") if file.exists() else ""
        msgspec.convert(tomllib.loads(text), Settings)  # what is wrong already is not made worse
        document = tomlkit.parse(text)
        midi = document.setdefault("midi", tomlkit.table())
        midi.setdefault("offset_ms", tomlkit.inline_table())[port] = milliseconds
        written = tomlkit.dumps(document)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(file.name + ".new")
        fresh.write_text(written, "utf-8")
        if file.exists():
            fresh.chmod(file.stat().st_mode)
        os.replace(fresh, file)
    except (OSError, UnicodeDecodeError, TOMLKitError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SettingsError(
            f"{file} cannot be written ({reason}); put the offset in by hand: [midi] offset_ms.{port} = {milliseconds}"
        ) from None
