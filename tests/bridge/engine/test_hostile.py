"""What every family promises of a pack that means no good: one clear line, and the band plays on."""

import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

pytest.importorskip("onnx")
from onnx import TensorProto

from bridge.engine.answer import PER_BEAT
from bridge.engine.engine import Engine
from bridge.engine.families import FAMILIES
from bridge.engine.family import Ask
from bridge.engine.pack import SOUNDING, read_card
from bridge.engine.protocol import Ear, Fault, FromEngine, Load, Loaded, PhraseEnd, PhraseNote, Request
from bridge.engine.shelf import open_pack
from bridge.errors import AntiphonError
from bridge.music.note import Note, Span
from bridge.sound.spectral import Spectral
from tests.bridge.engine.hostile import Hostile, graphs
from tests.bridge.engine.shipped import C_MAJOR, MODELS, tune

PACKS = {read_card(folder.parent).family: folder.parent.name for folder in sorted(MODELS.glob("*/pack.toml"))}
"""Family -> the pack of it that ships."""
UNUSED = {("cvae", "encode", "deviation")}
"""Outputs that are not looked at in playing, so that they can do no harm."""
WORK = 20_000
"""Pieces of work, many times what an honest answer takes."""


class Case(NamedTuple):
    """A graph of a pack, and one of its outputs."""

    pack: str
    graph: str
    output: str
    whole: bool
    """Whether it holds whole numbers."""


@cache
def cases() -> tuple[Case, ...]:
    """Every output of every graph of every pack."""
    found = []
    for pack in PACKS.values():
        for graph in graphs(read_card(MODELS / pack)):
            for output in Hostile.outputs(pack, graph):
                whole = output.type.tensor_type.elem_type == TensorProto.INT64
                found.append(Case(pack, graph, output.name, whole))
    return tuple(found)


def each_graph() -> list[tuple[str, str]]:
    return sorted({case[:2] for case in cases()})


class Played(NamedTuple):
    """What came of a pack."""

    loaded: bool
    faults: list[str]
    notes: list[Note]
    ended: int
    work: int


def play(folder: Path) -> Played:
    """Load a pack into an engine, play it a tune, and ask it for two spans of eight beats."""
    said: list[FromEngine] = []
    engine = Engine(open_pack, said.append, time.perf_counter)
    engine.handle(Load(str(folder)))
    loaded, work = any(isinstance(each, Loaded) for each in said), 0
    if loaded:
        voices = read_card(folder).voices
        for number, event in enumerate(tune(), 1):
            engine.handle(Ear(number, event))
        for number in (1, 2):
            span = Span(8.0 * number, 8.0 * number + 8.0)
            engine.handle(Request(Ask(id=number, span=span, voices=voices, key=C_MAJOR, candidates=2)))
            while engine.busy and work < WORK:
                engine.work()
                work += 1
    faults = [each.text for each in said if isinstance(each, Fault)]
    notes = [each.note for each in said if isinstance(each, PhraseNote)]
    return Played(loaded, faults, notes, sum(isinstance(each, PhraseEnd) for each in said), work)


def refusal(pack: str, folder: Path) -> str:
    """The one line with which a pack is refused, by the engine or by the texture. Fails where it is not."""
    if read_card(folder).family in SOUNDING:
        with pytest.raises(AntiphonError) as caught:
            Spectral.open(folder).read("mine", np.zeros((4, 96), np.float32))
        lines = [str(caught.value)]
    else:
        played = play(folder)
        assert not played.loaded
        assert not played.notes
        lines = played.faults
    (line,) = lines
    assert "\n" not in line
    assert pack in line
    assert len(line) < 400
    return line


def test_every_family_is_put_to_the_test() -> None:
    assert set(PACKS) == set(FAMILIES) | SOUNDING


@pytest.mark.parametrize(("pack", "graph"), each_graph())
def test_a_graph_that_claims_ten_gigabytes_is_refused(pack: str, graph: str, tmp_path: Path) -> None:
    folder = Hostile(pack, graph, tmp_path).claiming(10, 1 << 28).write()
    assert "claims a tensor of 10.0 GB" in refusal(pack, folder)


@pytest.mark.parametrize(("pack", "graph"), each_graph())
def test_a_graph_that_wants_more_than_it_is_fed_is_refused(pack: str, graph: str, tmp_path: Path) -> None:
    assert "purse" in refusal(pack, Hostile(pack, graph, tmp_path).asking("purse").write())


@pytest.mark.parametrize("case", cases(), ids=lambda case: "/".join(case[:3]))
def test_an_output_of_another_shape_is_refused(case: Case, tmp_path: Path) -> None:
    line = refusal(case.pack, Hostile(*case[:2], tmp_path).deeper(case.output).write())
    assert case.output in line or "shape" in line


@pytest.mark.parametrize("case", cases(), ids=lambda case: "/".join(case[:3]))
def test_an_output_that_is_no_number_or_out_of_all_range_is_refused(case: Case, tmp_path: Path) -> None:
    folder = Hostile(*case[:2], tmp_path).plus(case.output, -(10**12) if case.whole else np.nan).write()
    if case[:3] in UNUSED:
        assert play(folder).ended == 2
    else:
        refusal(case.pack, folder)


Alter = Callable[[Hostile], Hostile]
ENDLESS: dict[str, tuple[str, Alter]] = {
    "lstm": ("step", lambda pack: pack.after("next", "Mul", np.array([[1, 0, 1, 1, 1]]))),
    "transformer": ("step", lambda pack: pack.after("next", "Mul", np.array([[1, 0, 1, 1, 1]]))),
    "theory-vae": ("decode", lambda pack: pack.plus("chords_odds", 1e30)),
    "cvae": ("decode", lambda pack: pack.plus("given", 1e30)),
    "diffusion": ("denoise", lambda pack: pack.plus("logits", 90.0)),
    "gan": ("generate", lambda pack: pack.plus("onset", 1e30)),
}
"""Family -> a graph of it, and what makes it give as many notes as it can: none goes on in time, or all are struck."""


@pytest.mark.parametrize("family", FAMILIES)
def test_notes_without_end_are_cut_short_and_said_in_one_line(family: str, tmp_path: Path) -> None:
    graph, alter = ENDLESS[family]
    played = play(alter(Hostile(PACKS[family], graph, tmp_path)).write())
    assert played.work < WORK
    assert all(0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 for note in played.notes)
    assert max(Counter((note.voice, int(note.beat)) for note in played.notes).values(), default=0) <= PER_BEAT
    assert not any("\n" in line for line in played.faults)
    assert len(played.faults) == len(set(played.faults))
    assert played.ended == 2 or played.faults
