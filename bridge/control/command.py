"""`antiphon presets`: list, show and delete presets from the command line."""

from bridge.control.preset_shelf import FOLDER, PresetShelf
from bridge.settings import config_folder


def presets(show: str | None, delete: str | None) -> str:
    """What there is to print: the names, or what a preset says; or that one is gone. Raises SettingsError."""
    shelf = PresetShelf(config_folder() / FOLDER)
    if delete is not None:
        shelf.delete(delete)
        return f"deleted «{delete}»"
    if show is not None:
        shelf.load(show)  # what cannot be used is told before it is shown
        return shelf.text(show).rstrip()
    names = shelf.names
    if not names:
        return f"no presets yet; /antiphon/preset/save over OSC keeps one in {shelf.folder}"
    return "\n".join(f"{number:>4}  {name}" for number, name in enumerate(names))
