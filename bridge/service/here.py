"""The service of the system we are on."""

import sys

from bridge.service.base import Action, Service
from bridge.service.launchd import LaunchdService
from bridge.service.systemd import SystemdService
from bridge.service.windows import WindowsService
from bridge.settings import log_file, state_folder


def here(platform: str = sys.platform) -> Service:
    """How this system starts things with a session. Raises SettingsError where there is no place for our state."""
    if platform == "win32":
        return WindowsService(state_folder(), log_file())
    if platform == "darwin":
        return LaunchdService(log_file())
    return SystemdService(log_file())


def carry_out(service: Service, action: Action) -> list[str]:
    """Install, remove or look; the lines to show. Raises ServiceError."""
    if action is Action.INSTALL:
        return service.install()
    if action is Action.REMOVE:
        return service.remove()
    standing = service.status()
    return [standing.state.value, *standing.lines]
