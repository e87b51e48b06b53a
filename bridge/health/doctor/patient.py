"""Whom the doctor looks at: this installation, with its settings, on this system."""

import sys
from pathlib import Path

import msgspec

from bridge.errors import SettingsError
from bridge.lock import holder
from bridge.settings import Settings, config_folder, load, state_folder


class Patient(msgspec.Struct, frozen=True):
    """What the checks go by."""

    settings: Settings = Settings()
    config: str = ""
    """The settings file that was read or would be."""
    complaint: str = ""
    """Why the settings file cannot be used; then `settings` are the defaults."""
    state: Path | None = None
    """Folder of lock and ledger; None where there can be none."""
    daemon: int = 0
    """Process id of the running daemon, 0 if none runs."""
    platform: str = sys.platform
    frozen: bool = False

    @classmethod
    def here(cls, config: Path | None) -> "Patient":
        """This one. Never raises."""
        file = config if config is not None else config_folder() / "config.toml"
        settings, complaint = Settings(), ""
        try:
            settings = load(config)
        except SettingsError as error:
            complaint = str(error)
        try:
            state = state_folder()
        except SettingsError:
            state = None
        daemon = 0 if state is None else holder(state)
        return cls(settings, str(file), complaint, state, daemon, frozen=bool(getattr(sys, "frozen", False)))

    def install(self, extra: str) -> str:
        """How to get an extra of ours (`cpu`, `cuda`, ...) into this installation."""
        if self.frozen:
            return (
                f"this ready-made Antiphon cannot be added to: pip install 'antiphon[cpu,{extra}]' in a Python of yours"
            )
        return f"pip install 'antiphon[{extra}]'"
