"""The diffusion pack in the whole band: it keeps up, nothing sticks, and the same jam is the same again."""

import pytest

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.note import BAND
from bridge.music.tunes import TUNES
from bridge.rehearsal import Rehearsal
from tests.bridge.wire.cable import open_notes

TUNE = TUNES[0]
SECONDS = 16.0
STEP_SECONDS = 0.003
"""What a step of the reverse process takes."""


def jam(mode: str) -> Rehearsal:
    """The band's four voices in one mode, with the built-in player where there is to be one."""
    guest = None if mode == "free" else lambda plan: Guest(plan, TUNE)
    rehearsal = Rehearsal(
        open_pack, find("diffusion"), Knobs(mode=mode, seed=3), bpm=TUNE.tempo, meter=TUNE.meter, guest=guest
    )
    rehearsal.note_seconds = STEP_SECONDS
    rehearsal.band.choose_voices(BAND)
    rehearsal.run(0.3)
    rehearsal.start(TUNE.meter.bar)
    rehearsal.run(SECONDS)
    return rehearsal


@pytest.mark.parametrize("mode", ["continue", "trade", "accompany", "free"])
def test_it_plays_in_every_mode_in_time_and_closes_every_note(mode: str) -> None:
    played = jam(mode)
    assert played.band.metrics.dropped == 0
    assert played.band.metrics.vamped == 0
    assert played.band.conductor.hits.rate >= 0.9995
    ports = {port for _, port, _ in played.out}
    assert {"chords", "bass", "drums"} <= ports
    assert len(played.band.take.band_notes) > 40
    played.stop()
    played.run(1.0)
    assert not open_notes(played.out)


def test_the_same_jam_is_the_same_again() -> None:
    assert jam("accompany").out == jam("accompany").out
