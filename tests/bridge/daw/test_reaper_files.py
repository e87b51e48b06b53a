"""What goes into REAPER, run by a real Lua against a stand-in for REAPER's own functions."""

from pathlib import Path
from typing import Any

import pytest

from bridge.daw.base import Clip, ClipNote
from bridge.daw.reaper import _leave, _lines
from bridge.daw.reaper_files import lay_out, script
from bridge.errors import DawError

lupa: Any = pytest.importorskip("lupa", reason="needs a Lua: pip install lupa")

PHRASE = Clip("kept lead", (ClipNote(0.0, 0.5, 60, 80), ClipNote(0.5, 1.0, 127, 100)), 4.0, song=12.0)
REAPER = """
local tracks, items, log, pending = {}, {}, {}, nil
local function note_text(n) return string.format("%g-%g %d %d", n[1], n[2], n[3], n[4]) end
reaper = {
  CountTracks = function() return #tracks end,
  GetTrack = function(_, index) return tracks[index + 1] end,
  InsertTrackAtIndex = function(index) table.insert(tracks, index + 1, { name = "" }) end,
  GetSetMediaTrackInfo_String = function(track, _, value, set)
    if set then track.name = value end
    return true, track.name
  end,
  CreateNewMIDIItemInProj = function(track, from, to, quarters)
    assert(quarters == true)
    if broken then return nil end
    local item = { track = track, from = from, to = to, notes = {} }
    items[#items + 1] = item
    return item
  end,
  GetActiveTake = function(item) return item end,
  MIDI_GetPPQPosFromProjQN = function(take, beat) return (beat - take.from) * 960 end,
  MIDI_InsertNote = function(take, _, _, from, to, _, pitch, velocity, unsorted)
    assert(unsorted == true)
    take.notes[#take.notes + 1] = { from, to, pitch, velocity }
  end,
  MIDI_Sort = function(take) take.sorted = true end,
  MIDI_CountEvts = function(take) return true, #take.notes end,
  GetSetMediaItemTakeInfo_String = function(take, _, value) take.name = value end,
  PreventUIRefresh = function() end,
  UpdateArrange = function() end,
  Undo_BeginBlock = function() log[#log + 1] = "begin" end,
  Undo_EndBlock = function(name) log[#log + 1] = "end " .. name end,
  RecursiveCreateDirectory = function() end,
  EnumerateFiles = function(_, index) return files_at(index) end,
  time_precise = function() return clock() end,
  defer = function(what) pending = what end,
}
function again() pending() end
function undo_log() return table.concat(log, "|") end
function told()
  local out = {}
  for _, item in ipairs(items) do
    local notes = {}
    for _, n in ipairs(item.notes) do notes[#notes + 1] = note_text(n) end
    out[#out + 1] = item.track.name .. " " .. item.name .. " " .. item.from .. "-" .. item.to .. ": " ..
      table.concat(notes, ", ") .. (item.sorted and "" or " UNSORTED")
  end
  return table.concat(out, "|")
end
"""


class Reaper:
    """REAPER's functions, and our script running in them."""

    def __init__(self, inbox: Path) -> None:
        self.time = 0.0
        self.lua: Any = lupa.LuaRuntime(unpack_returned_tuples=True)
        names = self.lua.globals()
        names.clock = lambda: self.time
        names.files_at = lambda index: None if index < 0 else _nth(inbox, index)
        names.broken = False
        self.lua.execute(REAPER)
        self.lua.execute(script(inbox))

    def later(self) -> None:
        self.time += 1.0
        self.lua.globals().again()

    @property
    def items(self) -> str:
        return str(self.lua.globals().told())

    @property
    def undo(self) -> str:
        return str(self.lua.globals().undo_log())


def _nth(inbox: Path, index: int) -> str | None:
    names = sorted(file.name for file in inbox.iterdir())
    return names[index] if index < len(names) else None


def leave(inbox: Path, text: str | None = None) -> Path:
    job = inbox / "one.phrase"
    _leave(job, job.with_suffix(".answer"), text or "\n".join(_lines("Antiphon lead", PHRASE)) + "\n")
    return job


def test_a_phrase_becomes_an_item_at_its_beat_in_one_undo_step(tmp_path: Path) -> None:
    reaper = Reaper(tmp_path)
    job = leave(tmp_path)
    reaper.later()
    assert reaper.items == "Antiphon lead kept lead 12.0-16.0: 0-480 60 80, 480-1440 127 100"
    assert reaper.undo == "begin|end Antiphon: kept lead"
    assert not job.exists()
    assert job.with_suffix(".answer").read_text() == "ok 2\n"
    reaper.later()
    assert reaper.undo.count("begin") == 1


def test_an_error_in_reaper_closes_the_undo_step_and_is_told(tmp_path: Path) -> None:
    reaper = Reaper(tmp_path)
    reaper.lua.globals().broken = True
    job = leave(tmp_path)
    reaper.later()
    assert reaper.undo == "begin|end Antiphon: kept lead"
    assert "REAPER made no item" in job.with_suffix(".answer").read_text()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("something else\n", "no phrase"),
        ("antiphon-phrase 1\ntrack a\nname b\nat 0 4\nnote 0 1 60 80\n", "not whole"),
        ("antiphon-phrase 1\ntrack a\nname b\nat 0 4\nnote 0 1 60 80\nend 2\n", "not whole"),
        ("antiphon-phrase 1\ntrack a\nname b\nat 0 4\nnote 0 1 600 80\nend 1\n", "garbled"),
        ("antiphon-phrase 1\ntrack a\nname b\nend 0\n", "where it goes"),
        ("antiphon-phrase 1\n", "not whole"),
    ],
)
def test_a_file_that_is_no_whole_phrase_changes_nothing(tmp_path: Path, text: str, reason: str) -> None:
    reaper = Reaper(tmp_path)
    job = leave(tmp_path, text)
    reaper.later()
    assert (reaper.items, reaper.undo) == ("", "")
    assert reason in job.with_suffix(".answer").read_text()
    assert not job.exists()


def test_what_is_laid_out_is_in_the_folders_that_reaper_has(tmp_path: Path) -> None:
    files = lay_out(tmp_path, Path("/home/me/kept/inbox"))
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "OSC/Antiphon.ReaperOSC",
        "Scripts/antiphon_phrases.lua",
        "Effects/antiphon_knobs.jsfx",
    ]
    assert "[==[/home/me/kept/inbox]==]" in files[1].read_text("utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DawError, match="cannot write"):
        lay_out(blocked, tmp_path)


def test_every_line_of_the_pattern_file_is_an_action_with_typed_addresses(tmp_path: Path) -> None:
    lines = lay_out(tmp_path, tmp_path)[0].read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    for key, *patterns in rows:
        assert key.isupper()
        assert patterns
        for pattern in patterns:
            assert (
                pattern.isdigit() or pattern in ("REAPER", "DEVICE") or (pattern[0] in "nfbtrsi" and pattern[1] == "/")
            )
    told = {pattern[1:] for _, *patterns in rows for pattern in patterns}
    assert {"/beat/str", "/tempo/raw", "/play", "/track/@/name", "/action", "/device/track/count"} <= told
