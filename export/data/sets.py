"""One reader a set of the bundle: from its files to pieces for several voices, or to why one was skipped."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec

import numpy as np

from bridge.engine.grid import TICKS
from bridge.errors import DataError
from export.data.abc import rule_abc, tunes
from export.data.backing import accompany, hints, played
from export.data.bundle import Bundle
from export.data.grooves import performance
from export.data.making import make
from export.data.midi_file import read_song
from export.data.parts import Assign, Part, choir, guessed, score, song
from export.data.piece import Piece
from export.data.progressions import PROGRESSIONS
from export.data.report import Skip
from export.data.ruling import Mark, Ruling, written
from export.data.sheets import lead_sheet, meter

P = ParamSpec("P")
Found = Piece | Skip
Reader = Callable[[Bundle], Iterator[Found]]
Texts = Callable[[Bundle], dict[str, str]]

STYLES = {
    "art-song": "art song",
    "hymn": "chorale",
    "string-quartet": "string quartet",
    "game-rock": "game rock",
    "ragtime-jazz": "ragtime",
}
"""Styles of the bundle that are called otherwise here."""


def no_texts(bundle: Bundle) -> dict[str, str]:
    """For sets without ABC."""
    return {}


def folk_texts(bundle: Bundle) -> dict[str, str]:
    """The folk tunes' ABC by id."""
    return dict(tunes(bundle.text("nottingham/nottingham_train.abc.xz")))


def hymn_texts(bundle: Bundle) -> dict[str, str]:
    """The hymns' ABC by id."""
    files = bundle.members("openhymnal/openhymnal_abc_train.tar.xz")
    return {f"hymnal:{path.removesuffix('.abc')}": text.decode("utf-8", "replace") for path, text in files}


def tried(folder: str, name: str, make_piece: Callable[P, Piece], *given: P.args, **named: P.kwargs) -> Found:
    """The piece that `make_piece` makes of what is given, or why there is none."""
    try:
        return make_piece(*given, **named)
    except DataError as error:
        return Skip(folder, name, str(error))


def midi(
    name: str, assign: Callable[[Bundle], Assign], dynamics: bool, abc: Texts = no_texts, sequenced: bool = False
) -> Reader:
    """A reader of a set that is a tar of MIDI files; `dynamics` says that velocities may be a person's.

    `sequenced` files begin on a bar line; `abc` are texts by id, which state the bar lines of some pieces.
    """

    def read(bundle: Bundle) -> Iterator[Found]:
        rows = {row["id"].split(":", 1)[1]: row for row in bundle.pieces(name)}
        roles, texts = assign(bundle), abc(bundle)

        def piece(path: str, content: bytes, row: dict[str, str]) -> Piece:
            found = read_song(content)
            parts = roles(path, found.tracks)
            return make(
                row["id"], name, parts=parts, marks=found.marks, cluster=row["cluster"],
                ruling=stated(texts.get(row["id"], ""), parts, meter(row["metre"])),
                style=STYLES.get(row["style"], row["style"]), tempo=float(row["bpm"] or found.tempo),
                nominal=row["bpm_is_nominal"] == "1", key=row["key"], mode=row["mode"], dynamics=dynamics,
                sequenced=sequenced,
            )  # fmt: skip

        for path, content in bundle.members(f"{name}/{name}_midi_train.tar.xz"):
            row = rows.get(path.removesuffix(".mid"))
            if row is None:
                yield Skip(name, path, "pieces.csv does not have it")
            else:
                yield tried(name, row["id"], piece, path, content, row)

    return read


def stated(abc: str, parts: Sequence[Part], mark: Mark) -> Ruling | None:
    """The ruling of an ABC text, where it is as long as the parts; None where it is not, or is empty."""
    if not abc or not parts:
        return None
    raw = np.concatenate([raw for _, raw in parts])
    end, last = float((raw[:, 0] + raw[:, 1]).max()), float(raw[:, 0].max())
    return written(rule_abc(abc), mark, round(end * TICKS), round(last * TICKS))


def lead_sheets(folder: str, texts: Texts = no_texts) -> Reader:
    """A reader of JSONL melodies with chord symbols; a band by rule plays along."""

    def read(bundle: Bundle) -> Iterator[Found]:
        rows = {row["id"]: row for row in bundle.pieces(folder)}
        abc = texts(bundle)

        def piece(item: dict[str, Any], row: dict[str, str]) -> Piece:
            lead = lead_sheet(item, row, folder, abc.get(row["id"], ""))
            return accompany(lead, hints(lead)) if lead.chords_given else lead

        for item in bundle.lines(f"{folder}/{folder}_train.jsonl.xz"):
            row = rows.get(item["id"])
            if row is None:
                yield Skip(folder, str(item["id"]), "pieces.csv does not have it")
            else:
                yield tried(folder, row["id"], piece, item, row)

    return read


def grooves(bundle: Bundle) -> Iterator[Found]:
    """Human drumming, each performance a piece of drums alone."""
    files = {row["id"]: row["midi_filename"] for row in bundle.table("groove/info.csv")}
    rows = {files[row["id"].split(":", 1)[1]]: row for row in bundle.pieces("groove")}
    for path, content in bundle.members("groove/groove_midi_train.tar.xz"):
        row = rows.get(path)
        if row is None:
            yield Skip("groove", path, "pieces.csv does not have it")
        else:
            yield tried("groove", row["id"], performance, content, row)


def songs(name: str) -> Reader:
    """A reader of a chord set: every song played by a band by rule, most with a tune by rule."""

    def read(bundle: Bundle) -> Iterator[Found]:
        for progression in PROGRESSIONS[name](bundle):
            yield tried(name, progression.id, played, progression)

    return read


READERS: dict[str, Reader] = {
    "lieder": midi("lieder", lambda bundle: song, False),
    "freedoom": midi("freedoom", lambda bundle: guessed(bundle.json("freedoom/roles.json")), True, sequenced=True),
    "openhymnal": midi("openhymnal", lambda bundle: choir, False, hymn_texts),
    "ewld_pd": lead_sheets("ewld_pd"),
    "nottingham": lead_sheets("nottingham", folk_texts),
    "mutopia": midi("mutopia", lambda bundle: score, True),
    "quartets": midi("quartets", lambda bundle: choir, False),
    "groove": grooves,
    **{name: songs(name) for name in PROGRESSIONS},
}
"""Set name -> reader."""
