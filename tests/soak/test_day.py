"""A day and a night on the offline clock: the music stays in time, and the memory where it was."""

import gc
import itertools
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.tunes import TUNES
from bridge.rehearsal import Rehearsal
from tests.soak.stage import MOST
from tests.soak.weigh import containers

HOUR = 3600.0
DAY = int(os.environ.get("ANTIPHON_SOAK_HOURS", "24"))
"""Hours that are played."""
SETTLED = 8
"""Hours after which all that remembers a bounded while has been full once: streams, metrics, the take."""
GROWTH = 1.02
"""What the memory may be after a day against that at `SETTLED`."""


def resident() -> float:
    """Resident megabytes of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 2**20


def visit(stage: Rehearsal, chance: random.Random) -> None:
    """An hour with a guest who plays, rests now and then, and turns the knobs every few minutes."""
    until = stage.time.now() + HOUR
    while stage.time.now() < until:
        knobs = stage.band.conductor.knobs
        stage.band.turn_knobs(
            replace(
                knobs,
                mode=chance.choice(("continue", "trade", "accompany")),
                temperature=chance.uniform(0.7, 1.2),
                density=chance.choice((0.0, 1.0, 2.0)),
                patience=chance.choice((0.5, 1.0)),
                transpose={**knobs.transpose, **dict.fromkeys(stage.band.conductor.voices, chance.choice((0, 0, 12)))},
            )
        )
        stage.run(min(chance.uniform(120.0, 400.0), until - stage.time.now()))
        if chance.random() < 0.2:
            stage.stop()
            stage.run(chance.uniform(5.0, 60.0))
            stage.start(4.0)


def spend(hours: int, seed: int = 1, say: Callable[[str], object] = print) -> Rehearsal:
    """So many hours with the model that ships; every hour is told, and what must hold is checked."""
    tune = TUNES[seed % len(TUNES)]
    chance = random.Random(seed)
    stage = Rehearsal(
        open_pack,
        find("lstm-melody"),
        Knobs(seed=seed, trade_bars=tune.phrases[0].bars),
        bpm=tune.tempo,
        meter=tune.meter,
        guest=lambda plan: Guest(plan, tune),
        records=False,
    )
    stage.run(0.1)
    stage.start(4.0)
    weights: list[float] = []
    for hour in itertools.count(1):
        began = time.process_time()
        visit(stage, chance)
        stage.out.clear()
        stage.told.clear()
        gc.collect()
        weights.append(resident())
        heaviest = max(containers(stage).items(), key=lambda item: item[1])
        hits = stage.band.conductor.hits
        say(
            f"hour {hour}: {HOUR / (time.process_time() - began):.0f} x real time, {weights[-1]:.1f} MB, "
            f"{stage.band.metrics.notes} notes, {stage.band.metrics.dropped} dropped, ISR {hits.rate:.5f}, "
            f"heaviest {heaviest[0]} {heaviest[1]}"
        )
        assert heaviest[1] <= MOST
        if hour == hours:
            break
    assert stage.band.metrics.dropped == 0
    assert stage.band.conductor.hits.rate >= 0.9995
    assert weights[-1] <= weights[min(SETTLED, hours) - 1] * GROWTH
    assert weights[-1] <= weights[0] * 1.15
    return stage


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_day_and_a_night_are_played_in_time_and_without_growing() -> None:
    stage = spend(DAY)
    assert stage.band.metrics.notes > DAY * 1000
