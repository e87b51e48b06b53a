from collections.abc import Callable
from pathlib import Path

from bridge.clock.tempo_map import TempoMap
from bridge.control.parameters import ParameterTable
from bridge.daw.keeper import Keeping
from bridge.jam.band import Band
from bridge.settings import Daw, Settings
from tests.bridge.daw.fake import FakeLane
from tests.bridge.daw.program import in_a_loop, until
from tests.bridge.record.takes import jam


def band_after_a_jam() -> Band:
    band = Band(lambda _: None, lambda _: None, lambda: 0.0, lambda _: None)
    band.take = jam()
    band.map = TempoMap(beat=band.take.end)
    return band


def keeping(folder: Path, tell: Callable[[str], object], name: str = "none") -> Keeping:
    settings = Settings(daw=Daw(name=name, folder=str(folder)))  # type: ignore[arg-type]
    return Keeping(settings, ParameterTable(), band_after_a_jam(), lambda _: None, tell)


@in_a_loop
async def test_what_is_kept_lies_in_a_folder_of_its_own_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    keeper = keeping(tmp_path, told.append)
    for count in (1, 2):
        keeper.keep(4)
        await until(lambda count=count: len(told) == count)  # type: ignore[misc]
    folders = sorted(tmp_path.iterdir())
    assert len(folders) == 2
    assert Path(keeper.last) in folders
    assert {file.name for file in folders[0].iterdir()} == {
        "lead.mid",
        "chords.mid",
        "bass.mid",
        "drums.mid",
        "score.musicxml",
    }


@in_a_loop
async def test_a_program_that_takes_clips_gets_them_as_well(tmp_path: Path) -> None:
    told: list[str] = []
    keeper = keeping(tmp_path, told.append, "ableton")
    assert keeper.side is not None
    fake = FakeLane("Antiphon lead", "Antiphon bass", "Antiphon chords", "Antiphon drums")
    keeper.side.lane = fake
    keeper.keep(2)
    await until(lambda: len(told) == 5)
    assert len(fake.clips) == 4
    assert keeper.program == "fake"


@in_a_loop
async def test_without_a_program_there_is_nothing_that_runs(tmp_path: Path) -> None:
    keeper = keeping(tmp_path, lambda _: None)
    keeper.start()
    assert keeper.side is None
    assert keeper.program == ""
    keeper.stop()


@in_a_loop
async def test_a_folder_that_cannot_be_written_to_is_told_and_costs_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "file").write_text("")
    keeper = keeping(tmp_path / "file", told.append)
    await keeper.done(4)
    assert told[0].startswith("nothing was kept: ")
    assert keeper.last == ""
