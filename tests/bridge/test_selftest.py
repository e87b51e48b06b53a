import os
from pathlib import Path

import mido
import msgspec
import pytest

from bridge import selftest
from bridge.errors import SelfTestError
from bridge.music.tunes import Tune, find
from bridge.record.folder import CONTENTS
from bridge.record.summary import Run, summarise
from bridge.selftest import Part, discords, faults, missing, parts
from bridge.settings import HOME, Settings
from tests.bridge.record.takes import jam

WELL = msgspec.structs.replace(
    summarise(jam(), Run(mode="trade", pack="lstm-melody", provider="cpu", seed=7, ports="loopback")),
    notes_player=20,
    notes_band=10,
    notes_vamp=0,
)


def test_a_jam_that_went_well_has_no_faults() -> None:
    assert not faults(WELL)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"notes_player": 0}, "nobody played"),
        ({"notes_band": 0}, "did not answer"),
        ({"notes_vamp": 10}, "only the vamp"),
        ({"stuck_notes": 2}, "2 notes were left sounding"),
        ({"engine_restarts": 1}, "restarted"),
        ({"dropped_late": 5}, "too late"),
    ],
)
def test_each_thing_that_may_go_wrong_is_heard(change: dict[str, int], word: str) -> None:
    assert any(word in said for said in faults(msgspec.structs.replace(WELL, **change)))


def test_files_that_were_not_written_are_named(tmp_path: Path) -> None:
    assert len(missing(tmp_path)) == len(CONTENTS)
    for name in CONTENTS:
        (tmp_path / name).touch()
    assert not missing(tmp_path)


def test_a_note_outside_the_key_is_the_bands_fault_but_not_the_tunes() -> None:
    tune = find()
    band, player, drums = Part("lead", (62, 63), 0), Part(selftest.FREE[0], (63,), 0), Part(selftest.FREE[1], (63,), 0)
    assert discords([band], tune) == [f"lead plays 1 notes outside {tune.key}"]
    assert not discords([player, drums], tune)


def test_a_note_of_the_file_that_does_not_end_is_found(tmp_path: Path) -> None:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="lead")])
    track += [mido.Message("note_on", note=62), mido.Message("note_on", note=64), mido.Message("note_off", note=62)]
    file = mido.MidiFile()
    file.tracks.append(track)
    file.save(tmp_path / "jam.mid")
    assert parts(tmp_path / "jam.mid") == [Part("lead", (62, 64), 1)]
    assert discords(parts(tmp_path / "jam.mid"), find()) == ["1 notes of lead do not end"]


def test_it_plays_in_a_home_of_its_own_and_leaves_the_users_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    homes = []

    async def noted(settings: Settings, _: object, __: float, ___: Path, tune: Tune) -> None:
        homes.append(os.environ[HOME])
        assert settings.midi.system == "loopback"
        assert settings.knobs["key"] == tune.key.split()[0]

    monkeypatch.setattr("bridge.live.jam", noted)
    with pytest.raises(SelfTestError, match="before it had begun"):
        selftest.selftest(print)
    assert homes[0] != str(tmp_path)
    assert os.environ[HOME] == str(tmp_path)
