"""Who may come in: any website can reach a loopback port, so the names in a request's head are looked at."""

import hmac
import ipaddress
import secrets
import socket

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SCHEME = "http://"


class Guard:
    """Judges a request by its `Host` and `Origin`, and a writer by the token of this run."""

    def __init__(self, host: str) -> None:
        self.token = secrets.token_urlsafe(24)
        """What a page must show before it may change anything; in the page that we serve, and nowhere else."""
        self._open = not is_loopback(host)
        names = {socket.gethostname().lower()} if self._open else set()
        self._names = LOCAL | {host.lower()} | names | {f"{name}.local" for name in names}

    def refuses(self, host: str | None, origin: str | None) -> str:
        """Why a request with these heads is not answered, in words; empty where it is.

        A name that is not ours is a website's, which made it point here (DNS rebinding); an origin that is not the
        host is a website that asks across (a websocket may). Programs send no origin.
        """
        name = host_name(host or "")
        if name is None or not (name in self._names or (self._open and _is_address(name))):
            return f"this is not {(host or 'a request without a host')[:80]}; open http://127.0.0.1 and the port"
        if origin is not None and origin.lower() != f"{SCHEME}{(host or '').lower()}":
            return f"a page from {origin[:80]} may not look at this one"
        return ""

    def knows(self, token: object) -> bool:
        """Whether a token is that of this run."""
        return isinstance(token, str) and hmac.compare_digest(token.encode(), self.token.encode())


def host_name(host: str) -> str | None:
    """The name in a `Host` head, in lower case, without its port; None where it is none."""
    name, bracket, port = host.strip().lower().partition("]")
    if bracket:
        known = name.startswith("[") and (not port or port.startswith(":"))
        return name[1:] if known else None
    name, _, port = name.partition(":")
    return name if name and ":" not in port else None


def is_loopback(host: str) -> bool:
    """Whether what listens on an address is reached from this machine only."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
