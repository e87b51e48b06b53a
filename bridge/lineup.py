"""The line-up: which pack plays which voice."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from bridge.engine.catalogue import find
from bridge.engine.pack import read_card
from bridge.errors import PackError
from bridge.music.note import BAND, Voice
from bridge.settings import Engine

BAND_OF_MODE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys(("accompany", "free"), ("ensemble", {"drums": "groove-gan"})),
    **dict.fromkeys(("vary", "interpolate", "follow"), ("theory-vae", {})),
    "drums": ("groove-gan", {}),
}
"""Mode -> the pack that does it best, and the voices that another one plays better; other modes have the usual one."""


class Lineup(msgspec.Struct, frozen=True):
    """The pack that plays all voices that have none of their own (None: the vamp does), and those that have."""

    default: Path | None = None
    voices: tuple[Voice, ...] = (Voice.LEAD,)
    """What the default pack plays."""
    own: dict[Voice, str] = {}
    """Voice -> name of the pack of its own."""
    folders: tuple[Path, ...] = ()
    """Where the packs of `own` lie."""

    @property
    def packs(self) -> Mapping[Voice, str]:
        """Every voice that can play -> the name of its pack, "" for the default one."""
        return {voice: self.own.get(voice, "") for voice in BAND if voice in self.own or voice in self.voices}

    def with_default(self, folder: Path, voices: Collection[Voice]) -> "Lineup":
        """The line-up with another default pack, which plays these voices."""
        return msgspec.structs.replace(self, default=folder, voices=tuple(voices))


def suited(settings: Engine, mode: str) -> Engine:
    """The settings with the band that suits a mode, where they ask for no pack but the usual one."""
    if mode not in BAND_OF_MODE or settings.voices or settings.pack != Engine().pack:
        return settings
    pack, voices = BAND_OF_MODE[mode]
    return msgspec.structs.replace(settings, pack=pack, voices=dict(voices))


def line_up(settings: Engine, folders: tuple[Path, ...], tell: Callable[[str], object]) -> Lineup:
    """Find the packs that the settings name; one that is not to be had is told, and the vamp plays in its stead."""
    lineup = Lineup()
    try:
        folder = find(settings.pack, folders)
        lineup = Lineup(folder, read_card(folder).voices)
    except PackError as error:
        tell(f"{error}; the vamp plays")
    own: dict[Voice, str] = {}
    found: dict[str, Path] = {}
    for name, wanted in settings.voices.items():
        try:
            folder = find(wanted, folders)
            card = read_card(folder)
            if name not in card.voices:
                raise PackError(f"{card.name} does not play {name}; it plays {', '.join(card.voices)}")
            own[Voice(name)] = card.name
            found[card.name] = folder
        except PackError as error:
            tell(f"{error}; {name} plays as if no pack were named for it")
    return msgspec.structs.replace(lineup, own=own, folders=tuple(found.values()))
