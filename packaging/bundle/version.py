"""The one version, and what goes with it into every installer."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import bridge

VERSION = bridge.__version__
NAME = "antiphon"
SUMMARY = "live AI bandmate on MIDI and OSC"
MAINTAINER = "Antiphon maintainers <maintainers@antiphon.invalid>"
CARRIED_METADATA = ("antiphon", "onnxruntime", "onnxruntime-gpu")
"""Distributions whose metadata go into the bundle, for `antiphon doctor` to read the flavour from."""

Datas = list[tuple[str, str]]


def metadata(copy: Callable[[str], Datas]) -> Datas:
    """PyInstaller's entries for the metadata we carry, of those that are installed."""
    from importlib.metadata import PackageNotFoundError

    entries: Datas = []
    for name in CARRIED_METADATA:
        try:
            entries += copy(name)
        except PackageNotFoundError:
            continue
    return entries


def numbers(version: str = VERSION) -> tuple[int, int, int, int]:
    """Four numbers, as Windows wants them: "0.1.0rc2" is 0, 1, 0, 0."""
    parts = []
    for part in version.split(".")[:4]:
        digits = ""
        for letter in part:
            if not letter.isdigit():
                break
            digits += letter
        parts.append(int(digits or 0))
    padded = [*parts, 0, 0, 0, 0]
    return padded[0], padded[1], padded[2], padded[3]


def built_at(root: Path) -> int:
    """Seconds since 1970 that a package's files are dated with: SOURCE_DATE_EPOCH, else the last commit's, else now."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if told.isdigit():
        return int(told)
    try:
        log = subprocess.run(
            ["git", "-C", str(root), "log", "-1", "--format=%ct"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return int(log.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return int(time.time())
