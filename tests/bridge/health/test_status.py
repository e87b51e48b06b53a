import itertools
import math
from pathlib import Path

import pytest

from bridge.health.metrics import KEPT, RECENT
from bridge.health.status import WIDEST, Status, line, status
from bridge.jam.knobs import Knobs
from bridge.music.key import TONICS, Key
from bridge.music.meter import Meter
from bridge.rehearsal import Rehearsal
from tests.bridge.engine.parrot import open_parrot

CALL = [(0.5 * index, 0.4, pitch, 80) for index, pitch in enumerate((67, 69, 71, 72, 74, 71, 67, 66))]
"""Four seconds of G major."""


def rehearsal(mode: str = "continue", meter: Meter | None = None) -> Rehearsal:
    """A band with a parrot, its ports open and nothing playing, at 120 BPM."""
    band = Rehearsal(open_parrot, Path("parrot"), Knobs(mode=mode), meter=meter)
    band.run(0.1)
    return band


def look(rehearsal: Rehearsal) -> Status:
    return status(rehearsal.band, "parrot")


def played(mode: str = "continue") -> Rehearsal:
    """The same, eight seconds after it was called to from the first beat on."""
    band = rehearsal(mode)
    band.start()
    start = band.time.now() + 0.1
    band.perform([(start + onset, length, pitch, velocity) for onset, length, pitch, velocity in CALL])
    band.run(8.1)
    return band


def test_before_anything_plays_it_is_stopped_at_the_top_and_the_line_says_so() -> None:
    now = look(rehearsal())
    assert (now.playing, now.bar, now.beat, now.who) == (False, 1, 1, "nobody")
    assert line(now) == "stopped   internal clock, 120 BPM   parrot on cpu"


def test_in_a_count_in_the_bars_are_negative_and_the_beats_count_up() -> None:
    band = rehearsal()
    band.start(lead_in=8.0)
    band.run(0.1 + 0.25)  # the upbeat, and half a beat
    seen = []
    for _ in range(10):
        now = look(band)
        seen.append((now.bar, now.beat))
        band.run(0.5)
    assert seen == [(-2, 1), (-2, 2), (-2, 3), (-2, 4), (-1, 1), (-1, 2), (-1, 3), (-1, 4), (1, 1), (1, 2)]


def test_bars_are_as_long_as_the_meter_says() -> None:
    band = rehearsal(meter=Meter(3, 4))
    band.start()
    band.run(0.1 + 0.25 + 3 * 0.5)
    now = look(band)
    assert (now.meter, now.bar, now.beat) == ("3/4", 2, 1)


@pytest.mark.parametrize("mode", ["continue", "trade"])
def test_when_the_band_has_answered_its_notes_and_their_cost_are_told(mode: str) -> None:
    band = played(mode)
    now = look(band)
    assert now.playing
    assert now.mode == mode
    assert now.key == "G major"
    assert now.notes == sum(port == "lead" and data[0] & 0xF0 == 0x90 for _, port, data in band.out) > 0
    assert now.dropped == now.restarts == 0
    assert now.hit_rate == 1.0
    assert now.note_ms == now.note_p99_ms == 0.0  # the clock stands still while a rehearsal's model makes a note
    assert now.late_ms == now.late_p99_ms == 0.0
    assert (now.pack, now.provider, now.asked) == ("parrot", "cpu", "auto")


def test_the_one_who_plays_is_named_on_the_line() -> None:
    band = rehearsal()
    band.start()
    start = band.time.now() + 0.1
    band.perform([(start + onset, length, pitch, velocity) for onset, length, pitch, velocity in CALL])
    band.run(0.5)
    assert line(look(band)).startswith("YOU  bar   1.1  120.0 BPM (internal)")
    band.run(6.0)
    assert line(look(band)).startswith("BAND bar   4.1  120.0 BPM (internal)  G major ")


def test_after_a_stop_it_says_stopped_and_where() -> None:
    band = played()
    band.stop()
    band.run(0.2)
    now = look(band)
    assert (now.playing, now.who) == (False, "nobody")
    assert now.bar == 5
    assert line(now).startswith("stopped")


def test_before_the_first_answer_the_times_are_those_of_loading() -> None:
    now = look(rehearsal())
    assert (now.note_ms, now.note_p99_ms) == (1.0, 1.0)


def test_without_an_engine_the_pack_is_named_and_no_provider() -> None:
    band = rehearsal()
    band.kill_engine()
    now = look(band)
    assert (now.pack, now.provider, now.note_ms) == ("parrot", "none", 0.0)


def test_the_percentiles_are_of_the_last_values() -> None:
    band = rehearsal()
    metrics = band.band.metrics
    metrics.lateness.extend([1.0] * KEPT)
    metrics.lateness.extend(number / 1000 for number in range(RECENT))
    metrics.note_ms.extend([50.0] * KEPT)
    metrics.note_ms.extend([0.5] * RECENT)
    now = look(band)
    assert now.late_ms == pytest.approx((RECENT - 1) / 2)
    assert now.late_p99_ms == pytest.approx(0.99 * (RECENT - 1))
    assert now.late_max_ms == RECENT - 1
    assert (now.note_ms, now.note_p99_ms) == (0.5, 0.5)


def test_the_line_fits_whatever_there_is_to_tell() -> None:
    band = played()
    for tonic, scale, hits in itertools.product(range(len(TONICS)), ("major", "minor pentatonic"), (0.0, 1.0)):
        band.band.conductor.knobs = Knobs(key=Key(tonic, scale))
        now = look(band)
        for late, pack in ((0.0, "lstm-melody"), (math.pi * 100, "a-pack-with-a-very-long-name" * 4)):
            values = {name: getattr(now, name) for name in Status.__struct_fields__}
            wide = Status(**{**values, "pack": pack, "late_p99_ms": late, "hit_rate": hits, "provider": "coreml"})
            assert len(line(wide)) <= WIDEST
            assert "\n" not in line(wide)
            assert len(line(Status(**{**values, "pack": pack, "playing": False}))) <= WIDEST
