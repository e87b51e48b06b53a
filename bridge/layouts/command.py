"""`antiphon layouts`: writes the layouts for control surfaces into a folder."""

from pathlib import Path

from bridge.control.parameters import ParameterTable
from bridge.errors import SettingsError
from bridge.layouts.open_stage import session
from bridge.layouts.sheet import sheet
from bridge.layouts.touch_osc import layout
from bridge.settings import Osc

OPEN_STAGE, TOUCH_OSC = "antiphon.open-stage-control.json", "antiphon.tosc"


def layouts(folder: Path, osc: Osc) -> str:
    """Write both; returns what to tell the user. Raises SettingsError where the folder cannot be written to."""
    leaves = sheet(ParameterTable())
    host = "127.0.0.1" if osc.host in ("0.0.0.0", "::", "") else osc.host
    files = {OPEN_STAGE: session(leaves, host, osc.port), TOUCH_OSC: layout(leaves)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise SettingsError(f"the layouts cannot be written to {folder} ({error.strerror or error})") from None
    return (
        f"{folder / OPEN_STAGE}: open it in Open Stage Control, started with --send {host}:{osc.port}\n"
        f"{folder / TOUCH_OSC}: open it in TouchOSC; under Connections, OSC, set UDP, this machine and port {osc.port}"
    )
