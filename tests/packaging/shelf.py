"""Distributions on disk, as small as they come."""

from importlib.metadata import Distribution, PathDistribution
from pathlib import Path


def distribution(site: Path, name: str, metadata: str, files: dict[str, str], version: str = "1.0") -> Distribution:
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}")
    for file, text in files.items():
        path = site / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in (*files, f"{info.name}/METADATA")))
    return PathDistribution(info)
