"""What the page is made of: plain files, read once from the package, and the heads that they go out with."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

FOLDER = "page"
TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""With these no other page can show, frame or read ours, and nothing that is not ours can run in it."""
TOKEN = "{{token}}"
"""Where in the page the token goes."""


@cache
def names() -> frozenset[str]:
    """The files there are."""
    folder = resources.files("bridge.web").joinpath(FOLDER)
    return frozenset(entry.name for entry in folder.iterdir() if entry.name.rpartition(".")[2] in TYPES)


@cache
def body(name: str) -> bytes:
    """What is in a file of `names`."""
    return resources.files("bridge.web").joinpath(FOLDER, name).read_bytes()


def page(token: str) -> bytes:
    """The page itself, with the token that lets it write."""
    return body("index.html").replace(TOKEN.encode(), token.encode())


def kind(name: str) -> str:
    """The content type of a file."""
    return TYPES[name.rpartition(".")[2]]
