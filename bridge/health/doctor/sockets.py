"""The addresses a process listens on, read from /proc (Linux); columns as in proc_pid_net(5)."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

TABLES = ("tcp", "tcp6", "udp", "udp6")
LISTENING = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
"""State of a socket that anybody may speak to: for UDP that it is not connected."""


def bound_by(process: int, proc: Path) -> list[tuple[str, int]]:
    """(address, port) of each socket a process listens on; none where that cannot be seen. Never raises."""
    if not process:
        return []
    try:
        inodes = {found[1] for found in map(_socket, (proc / str(process) / "fd").iterdir()) if found}
    except OSError:
        return []
    bound = []
    for table in TABLES:
        try:
            text = (proc / "net" / table).read_text("ascii")
        except OSError:
            continue
        bound += [(host, port) for host, port, inode in listeners(text, LISTENING[table]) if inode in inodes]
    return sorted(set(bound))


def listeners(table: str, state: str) -> Iterator[tuple[str, int, str]]:
    """(address, port, inode) of the rows of a /proc/net table in a state."""
    for columns in map(str.split, table.splitlines()[1:]):
        if len(columns) > 9 and columns[3] == state:
            host, _, port = columns[1].partition(":")
            yield _address(host), int(port, 16), columns[9]


def _address(words: str) -> str:
    """An address from 32-bit words in hexadecimal, each in the machine's own order (little-endian)."""
    packed = b"".join(bytes.fromhex(words[at : at + 8])[::-1] for at in range(0, len(words), 8))
    return str(ipaddress.ip_address(packed))


def _socket(file: Path) -> re.Match[str] | None:
    try:
        return re.fullmatch(r"socket:\[(\d+)\]", str(file.readlink()))
    except OSError:
        return None
