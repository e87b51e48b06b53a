"""Chance that is the same on every machine and every run."""

import hashlib


def dice(name: str, what: str) -> float:
    """A number from 0 to 1 that follows from a name; the same on every machine."""
    return int(hashlib.sha256(f"{what}:{name}".encode()).hexdigest()[:12], 16) / 16**12
