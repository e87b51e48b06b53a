"""Who holds a UDP port: read from /proc where the system has it."""

from pathlib import Path

TABLES = (Path("/proc/net/udp"), Path("/proc/net/udp6"))


def holder(port: int) -> str:
    """Name and number of the process that listens on a UDP port («python3, process 4711»); "" if it cannot be told."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not sockets:
        return ""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(file.readlink()) in sockets for file in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text('utf-8').strip()}, process {process.name}"
        except OSError:
            continue
    return ""


def _inodes(port: int) -> set[str]:
    """Numbers of the sockets bound to a UDP port; columns as in proc_pid_net(5)."""
    found = set()
    for table in TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if int(columns[1].rpartition(":")[2], 16) == port:
                found.add(columns[9])
    return found
