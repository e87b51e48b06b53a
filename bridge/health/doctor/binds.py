"""What of ours can be reached from the network: by the settings, and by the sockets the daemon really has."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, ok, warn
from bridge.health.doctor.sockets import bound_by

FIELD = "host"
"""How every setting is called that says where to listen."""


class Bound(msgspec.Struct, frozen=True):
    """An address that is listened on, or would be: by whom, and its port."""

    what: str
    host: str
    port: int = 0


class Binds(msgspec.Struct, frozen=True):
    """All of them, and the settings file."""

    bound: tuple[Bound, ...]
    config: str


def look(patient: Patient) -> Binds:
    """Read the settings, and the sockets of the running daemon where the system shows them."""
    asked = []
    for section in patient.settings.__struct_fields__:
        part = getattr(patient.settings, section)
        if hasattr(part, FIELD) and getattr(part, "enabled", True):
            asked.append(Bound(section, str(getattr(part, FIELD)), int(getattr(part, "port", 0))))
    known = {(bound.host, bound.port) for bound in asked}
    sockets = [place for place in bound_by(patient.daemon, Path("/proc")) if place not in known]
    held = [Bound("the daemon", host, port) for host, port in sockets]
    return Binds((*asked, *held), patient.config)


def judge(seen: Binds) -> Iterator[Verdict]:
    """Only this machine, unless the user wanted it otherwise."""
    open_ones = [bound for bound in seen.bound if not is_local(bound.host)]
    for bound in open_ones:
        where = f"[{bound.what}]\nhost" if bound.what != "the daemon" else "host"
        yield warn(
            f"{bound.what} listens on {bound.host}:{bound.port}: your network can reach it, without a password",
            f'if you did not mean that, write to {seen.config}:\n{where} = "127.0.0.1"\n'
            f"if you did, let it through your firewall: sudo ufw allow {bound.port}",
        )
    if not open_ones:
        yield ok("nothing of ours can be reached from the network")


def is_local(host: str) -> bool:
    """Whether an address is of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


CHECK = Check("network", look, judge)
