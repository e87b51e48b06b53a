"""The band with the conditional VAE, on the offline clock."""

from collections import Counter

import pytest

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.note import BAND
from bridge.music.tunes import TUNES
from bridge.rehearsal import Rehearsal
from tests.bridge.wire.cable import open_notes


def played(mode: str, seconds: float = 20.0) -> Rehearsal:
    """A jam with a guest who plays a tune; in mode free nobody does."""
    tune = TUNES[0]
    guest = None if mode == "free" else lambda plan: Guest(plan, tune)
    rehearsal = Rehearsal(
        open_pack, find("cvae"), Knobs(mode=mode, seed=3), bpm=tune.tempo, meter=tune.meter, guest=guest
    )
    rehearsal.band.conductor.choose_voices(BAND)
    rehearsal.run(0.1)
    rehearsal.start(tune.meter.bar)
    rehearsal.run(seconds)
    return rehearsal


@pytest.mark.parametrize("mode", ["continue", "accompany", "free"])
def test_the_whole_band_plays_in_time_and_closes_every_note(mode: str) -> None:
    rehearsal = played(mode)
    assert rehearsal.band.metrics.vamped == 0
    assert rehearsal.band.metrics.dropped == 0
    begun = Counter(port for _, port, data in rehearsal.out if data[0] & 0xF0 == 0x90 and data[2])
    assert all(begun[voice] > 5 for voice in ("drums", "bass", "chords"))
    assert bool(begun["lead"]) == (mode != "accompany")
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_the_same_seed_gives_the_same_jam() -> None:
    assert played("accompany", 10.0).out == played("accompany", 10.0).out
