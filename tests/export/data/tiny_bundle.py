"""A bundle of a few made-up pieces, one a set, in the files in which the real one comes."""

import csv
import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from export.data.bundle import SUMS
from tests.export.data.makings import midi_file

COLUMNS = ("id", "cluster", "style", "metre", "key", "mode", "bpm", "bpm_is_nominal")
TUNE = [(n * 1.0, 0.9, 72 + (0, 2, 4, 5)[n % 4], 60 + n) for n in range(32)]
CHORDS = [(n * 4.0, 3.8, 60 + step, 70 + n) for n in range(8) for step in (0, 4, 7)]
BASS = [(n * 2.0, 1.9, 36 + (0, 7)[n % 2], 80) for n in range(16)]
KIT = [(n * 0.5 + 0.01, 0.1, (42, 42, 38, 42)[n % 4], 60 + n % 20) for n in range(64)]
PIANO = midi_file([("Voice", 52, 0, TUNE), ("Piano RH", 0, 1, CHORDS), ("Piano LH", 0, 2, BASS)])
FOUR = midi_file([(name, 40, n, [(b, d, p - 7 * n, v) for b, d, p, v in TUNE]) for n, name in enumerate("SATB")])
ROCK = midi_file([("lead", 80, 0, TUNE), ("bass", 33, 1, BASS), ("kit", 0, 9, KIT)])
GROOVE = midi_file([("kit", 0, 9, KIT)])
SHEET = {"melody": [note[:3] for note in TUNE], "chords": [[n * 4.0, "CFGC"[n % 4]] for n in range(8)]}
ABC = "M:4/4\nL:1/4\nK:C\n" + "cdef|" * 8


def write(folder: Path) -> Path:
    """The bundle, in a folder that is made."""
    for name, style, content in (
        ("lieder", "art-song", PIANO), ("mutopia", "march", PIANO), ("quartets", "string-quartet", FOUR),
        ("freedoom", "game-rock", ROCK),
    ):  # fmt: skip
        _pieces(folder / name, [_row(f"{name}:a", style), _row(f"{name}:broken", style)])
        _tar(folder / name / f"{name}_midi_train.tar.xz", {"a.mid": content, "broken.mid": content[:50]})
    roles = [{"i": 0, "role": "lead"}, {"i": 1, "role": "bass"}, {"i": 2, "role": "drums"}]
    (folder / "freedoom" / "roles.json").write_text(json.dumps({"a.mid": roles}))
    hymns = folder / "openhymnal"
    _pieces(hymns, [_row("hymnal:a", "hymn")])
    _tar(hymns / "openhymnal_midi_train.tar.xz", {"a.mid": FOUR})
    _tar(hymns / "openhymnal_abc_train.tar.xz", {"a.abc": ABC.encode()})
    for name, style in (("nottingham", "reel"), ("ewld_pd", "pop")):
        _pieces(folder / name, [_row(f"{name}:1", style, cluster="2")])
        _lines(folder / name / f"{name}_train.jsonl.xz", [SHEET | {"id": f"{name}:1"}, SHEET | {"id": "unknown"}])
    with lzma.open(folder / "nottingham" / "nottingham_train.abc.xz", "wt") as file:
        file.write(f"% id nottingham:1\n{ABC}")
    _groove(folder / "groove")
    _chords(folder / "chords")
    rows = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}"
        for path in sorted(folder.rglob("*.*"))
        if path.is_file()
    ]
    (folder / SUMS).write_text("\n".join(rows) + "\n")
    return folder


def _groove(folder: Path) -> None:
    _pieces(folder, [_row("groove:d/1", "rock/indie", metre="4-4", cluster="2")])
    _tar(folder / "groove_midi_train.tar.xz", {"d/1_rock.mid": GROOVE})
    (folder / "info.csv").write_text("id,midi_filename\nd/1,d/1_rock.mid\n")


def _chords(folder: Path) -> None:
    folder.mkdir()
    bars = [["C:maj"], ["A:min", "."], ["F:maj/3"], ["G:7", "N"]] * 3
    section = {"metre": "4/4", "bars": bars}
    song = {"id": "billboard:1", "title": "A", "metre": "4/4", "tonic": "C", "bpm_est": 120.0, "sections": [section]}
    _lines(folder / "billboard_train.jsonl.xz", [song])
    rock = {
        "id": "rock200:A",
        "title": "A",
        "key": "D",
        "metre": "4/4",
        "analyses": {"dt": "[D] I | IV . V | | bVII |"},
    }
    _lines(folder / "rock200_train.jsonl.xz", [rock])
    beats = {"beat": [3, 4, *[1, 2, 3, 4] * 6], "chord": ["NC"] * 2 + ["Dm7"] * 4 + ["G79b"] * 8 + ["Cj7"] * 12}
    jazz = {"id": "wjd:1", "title": "B", "key": "C-maj", "feel": "SWING", "avgtempo": 160.0}
    _lines(folder / "wjd_beats_train.jsonl.xz", [jazz | beats])
    moods = [{"mode": "minor", "roman": ["i", "VI", "VII", "v"], "moods": []}, {"mode": "major", "roman": ["?"]}]
    (folder / "mood_progressions_train.json").write_text(json.dumps(moods))


def _row(name: str, style: str, metre: str = "4/4", cluster: str = "1") -> dict[str, str]:
    return {"id": name, "cluster": cluster, "style": style, "metre": metre, "key": "C", "mode": "major", "bpm": "100",
            "bpm_is_nominal": "0"}  # fmt: skip


def _pieces(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    folder.mkdir(parents=True)
    with (folder / "pieces.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _tar(path: Path, files: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w:xz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def _lines(path: Path, items: Sequence[Mapping[str, Any]]) -> None:
    with lzma.open(path, "wt") as file:
        file.writelines(json.dumps(item) + "\n" for item in items)
