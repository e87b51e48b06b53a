"""The property lists of the macOS application."""

import plistlib
from pathlib import Path
from typing import Any

from bridge.service.base import LABEL
from bridge.service.launchd import agent
from bundle import version

IDENTIFIER = LABEL
INSTALLED = "/Applications/Antiphon.app/Contents/MacOS/antiphon"


def info(number: str) -> dict[str, Any]:
    """Keys of Info.plist beside those that PyInstaller writes."""
    return {
        "CFBundleDisplayName": "Antiphon",
        "CFBundleShortVersionString": number,
        "CFBundleVersion": ".".join(map(str, version.numbers(number)[:3])),
        "LSMinimumSystemVersion": "13.0",
        "LSApplicationCategoryType": "public.app-category.music",
        # It lives in the session without a window or an icon in the Dock.
        "LSUIElement": True,
        "LSBackgroundOnly": False,
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticTermination": False,
        "NSSupportsSuddenTermination": False,
        # Asked for only where the settings open OSC or Link to the network.
        "NSLocalNetworkUsageDescription": "Antiphon takes OSC from other devices on your network, where you let it.",
        "NSBonjourServices": ["_osc._udp", "_oscjson._tcp"],
        "NSHumanReadableCopyright": "Apache License 2.0; see THIRD-PARTY.txt for the work of others",
    }


def launch_agent() -> dict[str, Any]:
    """The agent as `antiphon service install` writes it for the installed application."""
    return agent([INSTALLED, "run", "--log-file", "auto"])


def write_agent(path: Path) -> None:
    """Write that agent to a file."""
    path.write_bytes(plistlib.dumps(launch_agent()))
