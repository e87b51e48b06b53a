"""Same seed, same input, same notes: what a log holds gives the same music again."""

import contextlib
import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.errors import SessionError, SettingsError
from bridge.jam.gestures import Back, Capture, Fill, Infill, PlaySlot, Restock
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.tunes import TUNES
from bridge.record.session import Header
from bridge.record.session_engine import identity
from bridge.record.session_file import SessionFile
from bridge.record.session_reading import Session
from bridge.rehearsal import Rehearsal
from bridge.replay import Replay, Replayed, replay
from bridge.wire.protocol import Locate, Tempo

TUNE = TUNES[0]
PACK = find("lstm-melody")


def eventful(folder: Path, knobs: Knobs | None = None) -> Path:
    """The log of a jam in which knobs are turned, the tempo changes, the song jumps, and engine and wire die."""
    path = folder / "session.jsonl"
    knobs = knobs or Knobs(seed=3)
    log = SessionFile(path, Header(began="2026-07-03", tune=TUNE.name, knobs=msgspec.to_builtins(knobs)))
    stage = Rehearsal(
        open_pack,
        PACK,
        knobs,
        bpm=TUNE.tempo,
        meter=TUNE.meter,
        guest=lambda plan: Guest(plan, TUNE),
        keep=log.add,
        identity=identity(PACK),
    )
    stage.run(0.1)
    stage.start(TUNE.meter.bar)
    stage.run(22.0)
    stage.band.turn_knobs(msgspec.structs.replace(knobs, temperature=0.7, density=2.0))
    stage.run(6.0)
    stage.to_wire(Tempo(140.0, TUNE.meter))
    stage.run(8.0)
    stage.kill_engine()
    stage.run(1.5)
    stage.revive_engine()
    stage.run(14.0)
    stage.to_wire(Locate(3.0))
    stage.kill_wire()
    stage.run(0.4)
    stage.revive_wire()
    stage.run(16.0)
    stage.stop()
    stage.run(1.0)
    log.close()
    assert stage.band.metrics.notes > 40
    return path


def played(path: Path) -> Replayed:
    return Replay(Session(path), open_pack, find).run()


@pytest.mark.parametrize("mode", ["continue", "trade", "accompany"])
def test_a_log_gives_the_same_notes_again(tmp_path: Path, mode: str) -> None:
    result = played(eventful(tmp_path, Knobs(mode=mode, seed=3, trade_bars=2)))
    assert result.difference == ""
    assert result.same == result.notes > 40
    assert result.remarks == ()


def test_what_was_done_with_phrases_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    knobs = Knobs(mode="vary", seed=3)
    log = SessionFile(path, Header(began="2026-07-03", tune=TUNE.name, knobs=msgspec.to_builtins(knobs)))
    stage = Rehearsal(
        open_pack,
        PACK,
        knobs,
        bpm=TUNE.tempo,
        meter=TUNE.meter,
        guest=lambda plan: Guest(plan, TUNE),
        keep=log.add,
        identity=identity(PACK),
    )
    stage.run(0.1)
    stage.start(TUNE.meter.bar)
    stage.run(20.0)
    for what in (Capture("A"), Capture("B", band=True), Fill(), PlaySlot("D"), PlaySlot("A")):
        with contextlib.suppress(SettingsError):  # slot D is empty
            stage.band.gesture(what)
    stage.band.turn_knobs(msgspec.structs.replace(knobs, freeze=True))
    stage.run(9.0)
    stage.band.gesture(Infill(1, 1))
    stage.run(9.0)
    stage.band.gesture(Back())
    stage.run(9.0)
    stage.band.turn_knobs(msgspec.structs.replace(knobs, mode="interpolate", blend=0.3))
    stage.run(9.0)
    stage.band.gesture(Restock({"C": stage.band.slots["A"]}))
    stage.run(6.0)
    stage.stop()
    stage.run(1.0)
    log.close()
    result = played(path)
    assert result.difference == ""
    assert result.same == result.notes > 60


def test_a_model_that_says_something_else_is_noticed_with_the_place(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    text = path.read_text()
    line = [line for line in text.splitlines() if '"PhraseNote"' in line][40]
    note = json.loads(line)[3]["note"]
    note[3] += 1
    message = json.loads(line)
    message[3]["note"] = note
    path.write_text(text.replace(line, json.dumps(message), 1))
    result = played(path)
    assert result.same < result.notes
    assert "bar" in result.difference
    assert "the model of the log made lead" in result.difference


def test_another_knob_is_other_music_and_noticed(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_text(path.read_text().replace('"seed":3', '"seed":4', 1))
    result = played(path)
    assert result.difference
    assert result.same < result.notes


def test_a_run_that_was_killed_can_be_played_as_far_as_it_was_written(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    result = played(path)
    assert result.same == result.notes > 10
    assert "the run was killed" in result.remarks[0]


def test_a_replay_leaves_what_a_jam_leaves(tmp_path: Path) -> None:
    same, text = replay(eventful(tmp_path), tmp_path / "out")
    assert same
    assert " notes the same" in text.splitlines()[0]
    for name in ("jam.mid", "jam.png", "controls.json"):
        assert (tmp_path / "out" / name).stat().st_size > 200
    controls = json.loads((tmp_path / "out" / "controls.json").read_text())
    assert controls["seed"] == 3
    assert controls["packs"][0]["name"] == "lstm-melody"
    assert {change["knob"]: change["value"] for change in controls["changes"]} == {"temperature": 0.7, "density": 2.0}
    assert [tempo["bpm"] for tempo in controls["tempos"]] == [TUNE.tempo, 140.0]


def test_another_pack_is_refused(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    sha = identity(PACK)
    assert sha is not None
    path.write_text(path.read_text().replace(sha.sha256, "0" * 64))
    with pytest.raises(SessionError, match="SHA-256 000000000000"):
        played(path)


def test_the_command_says_how_many_notes_were_the_same_and_fails_where_one_was_not(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    out = ["--out", str(tmp_path / "again")]
    fine = CliRunner().invoke(app, ["replay", str(tmp_path), *out])
    assert fine.exit_code == 0
    assert "notes the same" in fine.output
    path.write_text(path.read_text().replace('"seed":3', '"seed":4', 1))
    other = CliRunner().invoke(app, ["replay", str(path), *out])
    assert other.exit_code == 1
    assert "the first difference, at " in other.output


def test_a_file_that_is_no_log_is_one_line_of_error(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("do re mi\n")
    result = CliRunner().invoke(app, ["replay", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "is no session log" in result.output
