"""The MIDI ports: ours, what they are connected to, and whose the others are."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bridge.errors import PortError
from bridge.health.doctor.alsa import CLIENTS, connections
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, ok, warn
from bridge.midi.ports import CLIENT, IN, PortInfo
from bridge.midi.system import scan

SHOWN = 8
"""Names of other ports that are named."""


class Seen(msgspec.Struct, frozen=True):
    """The ports that are there, and whether our daemon runs; `trouble` where they cannot be listed."""

    ports: tuple[PortInfo, ...] = ()
    daemon: int = 0
    trouble: str = ""


def look(patient: Patient) -> Seen:
    """List the ports, on ALSA with the connections that the kernel knows of."""
    try:
        found = scan(patient.settings.midi.system)
    except PortError as error:
        return Seen(daemon=patient.daemon, trouble=str(error))
    cables: Mapping[str, tuple[str, ...]] = {}
    if Path(CLIENTS).is_file():
        cables = connections(Path(CLIENTS).read_text("utf-8", "replace"))
    known = tuple(
        port if port.connected else msgspec.structs.replace(port, connected=_beyond(port.name, cables))
        for port in found
    )
    return Seen(known, patient.daemon)


def judge(seen: Seen) -> Iterator[Verdict]:
    """Ours with a daemon, none without; somebody has to play into `in`."""
    if seen.trouble:
        yield ok(f"none can be listed: {seen.trouble}")
        return
    ours = [port for port in seen.ports if port.ours]
    others = [port for port in seen.ports if not port.ours]
    if ours and not seen.daemon:
        yield warn(
            f"ports called {CLIENT} are there, but no daemon of yours runs",
            "they are another user's or another home's: end that Antiphon, or leave it and start none here",
        )
    own = {port.name for port in ours}
    partners = {port.name: [other for other in port.connected if other not in own] for port in ours}
    for name, partner_names in partners.items():
        if partner_names:
            yield ok(f"{name} <-> {', '.join(partner_names)}")
    ways_in = [port for port in ours if port.name.endswith((f":{IN}", f" {IN}"))]
    if seen.daemon and ways_in and not any(partners[port.name] for port in ways_in):
        yield warn(
            f"nothing is connected to {ways_in[0].name}: the band cannot hear you",
            f"send your keyboard's track to {ways_in[0].name} in your DAW or patchbay",
        )
    names = list(dict.fromkeys(port.name for port in others))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    yield ok(f"others: {', '.join(names[:SHOWN])}{more}" if names else "no others")


def _beyond(name: str, cables: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What a port is connected to: its name may have its number behind it."""
    return next((others for port, others in cables.items() if name.startswith(port)), ())


CHECK = Check("ports", look, judge)
