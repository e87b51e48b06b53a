import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.record.summary import Run, Spread, Summary, percentile, spread, summarise, write_summary
from bridge.record.take import Take
from tests.bridge.record.takes import jam

RUN = Run(mode="trade", pack="melody", provider="cpu", seed=7, ports="alsa", key="E dorian", hit_rate=0.999)


def test_the_summary_counts_what_was_played() -> None:
    take = jam()
    summary = summarise(take, RUN)
    assert summary.notes_player == len(take.player_notes)
    assert summary.notes_band == len(take.band_notes)
    assert 0 < summary.notes_vamp < summary.notes_band
    assert summary.bars == 25
    assert summary.tempo == 92.0
    assert summary.seconds == pytest.approx(100 * 60 / 92, abs=1e-3)


def test_the_file_can_be_read_back_and_has_the_promised_names(tmp_path: Path) -> None:
    summary = summarise(jam(), RUN)
    write_summary(summary, tmp_path / "summary.json")
    text = (tmp_path / "summary.json").read_text("utf-8")
    assert msgspec.json.decode(text, type=Summary) == summary
    promised = {"notes_player", "notes_band", "stuck_notes", "dropped_late", "lateness_ms", "hit_rate", "pack"}
    assert promised | {"provider", "seed"} <= json.loads(text).keys()
    assert json.loads(text)["lateness_ms"].keys() == {"p50", "p99", "max"}


def test_an_empty_take_has_a_summary() -> None:
    summary = summarise(Take(), RUN)
    assert (summary.seconds, summary.bars, summary.notes_player) == (0.0, 0, 0)


def test_percentiles_of_a_hundred_and_one_numbers_are_themselves() -> None:
    values = [float(n) for n in reversed(range(101))]
    assert spread(values) == Spread(50.0, 99.0, 100.0)


def test_a_percentile_between_two_values_is_interpolated() -> None:
    assert percentile([1.0, 3.0], 0.25) == 1.5


def test_where_nothing_was_measured_the_spread_is_nought() -> None:
    assert spread([]) == Spread(0.0, 0.0, 0.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_a_spread_is_in_order_and_within_its_values(values: list[float]) -> None:
    measured = spread(values)
    assert min(values) <= measured.p50 <= measured.p99 <= measured.max == max(values)
