from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

import mido
import msgspec

from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.pack import SCHEMA, Card, Pack
from bridge.errors import DataError, PackError
from export.ensemble.graphs import graphs
from export.ensemble.pack import VOICES, graph_files
from export.ensemble.restore import restore
from export.ensemble.to_onnx import WEIGHTS, save
from export.ensemble.tuned_pack import tune_pack
from export.ensemble.tuning import Recipe, deal, tune
from export.families.transformer import Accompanist, Size
from export.toml import dumps
from tests.export.ensemble.bands import band

pytestmark = pytest.mark.train
TINY = Size(layers=2, width=128, heads=3, inner=192, voice_head=16, shift_head=64, pitch_head=64, duration_head=16,
            velocity_head=16)  # fmt: skip
RECIPE = Recipe(minutes=0.1, rate=3e-3, rows=2, length=96, warm_up=2, judge_every=0.02, patience=9)
PIECES = [band(number) for number in range(4)]


def small_pack(folder: Path, family: str = "transformer") -> Path:
    torch.manual_seed(3)
    torch.set_num_threads(1)
    save(graphs(Accompanist(TINY)), folder)
    card = Card(
        schema=SCHEMA,
        name="small",
        family=family,
        version="1.0.0",
        title="A small band",
        licence="CC-BY-4.0",
        voices=VOICES,
        graphs=graph_files(folder),
        codec={"controls": CONTROLS},
        model={"layers": TINY.layers, "width": TINY.width, "heads": TINY.heads, "context": 128},
    )
    (folder / "pack.toml").write_text(dumps(msgspec.to_builtins(card)), "utf-8")
    return folder


def music(folder: Path, tunes: int = 4) -> Path:
    """Tunes with a band as MIDI files."""
    folder.mkdir()
    for number in range(tunes):
        piece = band(number)
        file = mido.MidiFile(ticks_per_beat=24)
        for role, channel, program in ((0, 0, 73), (1, 1, 0), (2, 2, 32), (3, 9, 0)):
            events = []
            for _, tick, length, pitch, velocity, _ in piece.notes[piece.notes[:, 0] == role].tolist():
                lift = tick + length - 1
                events += [(tick, 1, pitch, velocity), (lift, 0, pitch, 0)]
            track = mido.MidiTrack([mido.Message("program_change", channel=channel, program=program)])
            now = 0
            for tick, _, pitch, velocity in sorted(events):
                track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=velocity, time=tick - now))
                now = tick
            file.tracks.append(track)
        file.save(folder / f"tune{number}.mid")
    return folder


def test_a_pack_gives_its_weights_back_to_the_last_bit(tmp_path: Path) -> None:
    model = restore(Pack.load(small_pack(tmp_path / "small")))
    assert model.size == TINY
    save(graphs(model), tmp_path / "again")
    assert (tmp_path / "again" / WEIGHTS).read_bytes() == (tmp_path / "small" / WEIGHTS).read_bytes()


def test_only_a_transformers_pack_can_be_tuned(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be tuned"):
        restore(Pack.load(small_pack(tmp_path / "small", "lstm")))


def test_no_tune_is_trained_on_and_held_out_and_the_deal_is_always_the_same() -> None:
    train, held = deal(PIECES, 0.25)
    assert len(held) == 1
    assert {piece.cluster for piece in train}.isdisjoint(piece.cluster for piece in held)
    assert [piece.id for piece in deal(PIECES[::-1], 0.25)[1]] == [piece.id for piece in held]


def test_one_tune_alone_is_too_little() -> None:
    with pytest.raises(DataError, match="two or more"):
        deal(PIECES[:1], 0.2)


def test_tuning_that_does_harm_keeps_the_weights_as_they_were() -> None:
    torch.set_num_threads(1)
    model = Accompanist(TINY)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    model, tuned = tune(model, PIECES, msgspec.structs.replace(RECIPE, rate=30.0, minutes=0.03), lambda *_: None)
    if not tuned.better:
        assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert tuned.after <= tuned.before


@pytest.mark.timeout(300)
def test_a_folder_of_ones_own_music_becomes_a_pack_that_knows_it_better(tmp_path: Path) -> None:
    source, out = small_pack(tmp_path / "small"), tmp_path / "mine"
    report = tune_pack(source, music(tmp_path / "tunes"), out, RECIPE)
    assert "before" in report
    card = Pack.load(out).card
    assert card.name == "mine"
    assert "owner" in card.licence
    assert sorted(path.name for path in out.iterdir()) == [
        "CARD.md", "pack.toml", "recipe.toml", "score.onnx", "step.onnx", "weights.bin",
    ]  # fmt: skip
    assert "What it was tuned to" in (out / "CARD.md").read_text("utf-8")
    with pytest.raises(DataError, match="there already"):
        tune_pack(source, tmp_path / "tunes", out, RECIPE)


def test_tuning_that_brings_nothing_writes_nothing(tmp_path: Path) -> None:
    source, out = small_pack(tmp_path / "small"), tmp_path / "mine"
    with pytest.raises(PackError, match="nothing was written"):
        tune_pack(source, music(tmp_path / "tunes"), out, msgspec.structs.replace(RECIPE, rate=0.0, minutes=0.02))
    assert not out.exists()
    assert np.array_equal(sorted(path.name for path in tmp_path.iterdir()), ["small", "tunes"])
