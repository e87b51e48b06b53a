"""The bill of materials, as CycloneDX 1.6 JSON: the same owners as the notices, and the packs with their hashes.

Written by ourselves: it is one flat list, and the library for it would bring seven others into the environment.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from bridge.engine.pack import Card
from bundle import version
from bundle.notices import Share
from bundle.owners import Owner

FILE = "sbom.cdx.json"
PACKAGE_URLS = {
    "pypi": "pkg:pypi/{name}@{version}",
    "deb": "pkg:deb/debian/{name}@{version}",
    "python": "pkg:generic/cpython@{version}",
}
"""Kind of owner -> its package URL; libraries that a wheel carries have none."""


class Expression(msgspec.Struct, frozen=True):
    """A licence as an SPDX expression."""

    expression: str


class Digest(msgspec.Struct, frozen=True):
    """A file's hash, in hex."""

    content: str
    alg: str = "SHA-256"


class Link(msgspec.Struct, frozen=True):
    """A page about a component."""

    url: str
    type: str = "website"


class Component(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A row of the bill, under CycloneDX's own names."""

    type: str
    ref: str = msgspec.field(name="bom-ref")
    name: str
    version: str = ""
    description: str = ""
    licenses: tuple[Expression, ...] = ()
    hashes: tuple[Digest, ...] = ()
    purl: str = ""
    external_references: tuple[Link, ...] = msgspec.field(default=(), name="externalReferences")
    components: tuple["Component", ...] = ()


class Metadata(msgspec.Struct, frozen=True):
    """When the bill was made, and of what."""

    timestamp: str
    component: Component


class Needs(msgspec.Struct, frozen=True):
    """What a component is made of."""

    ref: str
    depends_on: tuple[str, ...] = msgspec.field(name="dependsOn")


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The document."""

    schema: str = msgspec.field(default="http://cyclonedx.org/schema/bom-1.6.schema.json", name="$schema")
    format: str = msgspec.field(default="CycloneDX", name="bomFormat")
    spec: str = msgspec.field(default="1.6", name="specVersion")
    serial: str = msgspec.field(name="serialNumber")
    version: int = 1
    metadata: Metadata
    components: tuple[Component, ...]
    dependencies: tuple[Needs, ...]


def bill(shares: Sequence[Share], packs: Iterable[tuple[str, Card]], time: int) -> str:
    """The document. `time` is in seconds since 1970; the same contents give the same serial number."""
    root = Component(
        type="application",
        ref=version.NAME,
        name=version.NAME,
        version=version.VERSION,
        licenses=(Expression("Apache-2.0"),),
        purl=f"pkg:pypi/{version.NAME}@{version.VERSION}",
    )
    parts = (*(_part(share.owner) for share in shares), *(_model(card) for _, card in packs))
    refs = tuple(part.ref for part in parts)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join((version.NAME, version.VERSION, *sorted(refs))))
    whole = Bill(
        serial=f"urn:uuid:{serial}",
        metadata=Metadata(datetime.fromtimestamp(time, UTC).isoformat(), root),
        components=parts,
        dependencies=(Needs(root.ref, refs),),
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _part(owner: Owner) -> Component:
    url = PACKAGE_URLS.get(owner.kind, "")
    return Component(
        type="library",
        ref=f"{owner.within}/{owner.name}" if owner.within else f"{owner.name}@{owner.version}",
        name=owner.name,
        version=owner.version,
        licenses=(Expression(owner.licence),),
        purl=url.format(name=quote(owner.name.lower()), version=quote(owner.version)),
        external_references=(Link(owner.home),) if owner.home else (),
    )


def _model(card: Card) -> Component:
    """A pack: data, licensed like any other part, with its graphs as files of known hashes."""
    files = {file.path: file.sha256 for graph in card.graphs.values() for file in graph}
    return Component(
        type="machine-learning-model",
        ref=f"pack/{card.name}@{card.version}",
        name=card.name,
        version=card.version,
        description=card.title,
        licenses=(Expression(card.licence),),
        components=tuple(
            Component(type="file", ref=f"pack/{card.name}/{path}", name=path, hashes=(Digest(digest),))
            for path, digest in files.items()
        ),
    )
