"""ALSA's own list of who is connected to whom, as the kernel prints it."""

import re
from collections import defaultdict

CLIENTS = "/proc/asound/seq/clients"

_CLIENT = re.compile(r'Client\s+(\d+) : "(.*)"')
_PORT = re.compile(r'\s+Port\s+(\d+) : "(.*)"')
_CABLES = re.compile(r"\s+(?:Connecting To|Connected From): (.*)")


def connections(text: str) -> dict[str, tuple[str, ...]]:
    """Port -> the ports it is connected to, either way, each as "client:port" by name; those with none are left out."""
    names: dict[str, str] = {}
    cables: defaultdict[str, list[str]] = defaultdict(list)
    client, owner, port = "", "", ""
    for line in text.splitlines():
        if found := _CLIENT.match(line):
            client, owner = found[1], found[2]
        elif found := _PORT.match(line):
            port = f"{client}:{found[1]}"
            names[port] = f"{owner}:{found[2]}"
        elif found := _CABLES.match(line):
            # Each is "client:port", with what kind of cable it is in brackets behind some.
            cables[port] += [end.strip().split("[")[0] for end in found[1].split(",")]
    return {names[one]: tuple(names.get(end, end) for end in ends) for one, ends in cables.items()}
