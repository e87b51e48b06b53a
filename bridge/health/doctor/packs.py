"""The packs: found, whole, and of the hashes their cards say."""

from collections.abc import Iterator

import msgspec

from bridge.engine.catalogue import find, packs
from bridge.engine.families import is_known
from bridge.engine.pack import SOUNDING, Pack
from bridge.errors import PackError
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.settings import pack_folders


class Shelved(msgspec.Struct, frozen=True):
    """A pack: its name, what it plays, its licence, and what is wrong with it."""

    name: str
    family: str = ""
    licence: str = ""
    trouble: str = ""


class Shelf(msgspec.Struct, frozen=True):
    """The packs there are, and the one that is to play; `missing` is why that one cannot."""

    packs: tuple[Shelved, ...]
    wanted: str
    missing: str = ""


def look(patient: Patient) -> Shelf:
    """Read every card, and hash every file."""
    folders = pack_folders(patient.settings)
    wanted = patient.settings.engine.pack
    found = []
    for name, folder in packs(folders).items():
        try:
            card = Pack.load(folder).card
            found.append(Shelved(name, card.family, card.licence))
        except PackError as error:
            found.append(Shelved(name, trouble=str(error)))
    try:
        find(wanted, folders)
    except PackError as error:
        return Shelf(tuple(found), wanted, str(error))
    return Shelf(tuple(found), wanted)


def judge(seen: Shelf) -> Iterator[Verdict]:
    """The one that is to play has to be whole; another that is not is worth a word."""
    if seen.missing:
        yield fail(f"{seen.missing}; the vamp would play", "set engine.pack to one of these, or pass --pack NAME")
    for pack in seen.packs:
        if pack.trouble:
            bad = fail if pack.name == seen.wanted else warn
            yield bad(pack.trouble, f"get the pack «{pack.name}» again, or remove its folder")
        elif not is_known(pack.family) and pack.family not in SOUNDING:
            yield warn(
                f"{pack.name} is of the family «{pack.family}», which this Antiphon does not play", "update Antiphon"
            )
    sound = [pack for pack in seen.packs if not pack.trouble]
    if sound:
        yield ok(f"sound, by their hashes: {', '.join(f'{pack.name} ({pack.licence})' for pack in sound)}")


CHECK = Check("packs", look, judge, patience=20.0)
