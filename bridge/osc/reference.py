"""The OSC reference, written from the address space: `python -m bridge.osc.reference > docs/osc.md`."""

from bridge.control.parameters import ParameterTable
from bridge.osc.address import AddressSpace

HEAD = """# OSC

Antiphon listens on UDP, `127.0.0.1:9270` unless the settings say otherwise. This page is made from the parameter
table (`python -m bridge.osc.reference`).

Send an address with a value to set it, without one to ask for it; the answer goes to the sender, on the same address.
Any number may be a float, a switch may be `T`, `F`, 1 or 0, a choice its name or its number. Bundles are taken apart
and taken at once: time tags are not waited for. What cannot be understood is answered on `/antiphon/error`.

| address | argument | |
|---|---|---|
"""


def markdown() -> str:
    """The page, as Markdown."""
    rows = AddressSpace(ParameterTable()).rows()
    return HEAD + "".join(
        f"| `{row.address}` | {row.arguments.replace(' | ', ', ')} | {row.description} |\n" for row in rows
    )


if __name__ == "__main__":
    print(markdown(), end="")
