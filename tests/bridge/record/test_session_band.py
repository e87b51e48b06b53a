"""A band that is made to take in again what it took in does again what it did."""

import itertools
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.engine.protocol import Load
from bridge.jam.knobs import Knobs
from bridge.midi.ports import IN
from bridge.music.note import Voice
from bridge.record.session import Chosen, Clicked, EngineLost, Introduced, Panicked, Taken, Turned, WireLost
from bridge.record.session_band import SessionBand, take_again
from bridge.record.take import PlayerNote
from bridge.rehearsal import Rehearsal
from bridge.wire.protocol import Input, Map, Ready
from tests.bridge.engine.parrot import open_parrot
from tests.soak.mishaps import MISHAPS, pause
from tests.soak.stage import Stage


def bare(keep: Any, now: Any = lambda: 0.0, said: Any = lambda _: None) -> SessionBand:
    return SessionBand(said, said, now, lambda _: None, keep=keep)


def test_time_stands_still_while_the_band_takes_something_in() -> None:
    clock = itertools.count(0)
    kept: list[Taken] = []
    band = bare(kept.append, lambda: 4.132 + next(clock) * 0.123456789)
    band.step()
    band.step()
    assert [entry.time for entry in kept] == [4.132, 4.255457]


def test_what_one_thing_leads_to_is_not_kept_beside_it() -> None:
    kept: list[Taken] = []
    band = bare(kept.append)
    band.turn_knobs(Knobs(mode="trade"))
    band.panic()
    band.engine_lost()
    band.wire_lost()
    band.choose_click("always")
    band.choose_voices((Voice.LEAD, Voice.BASS))
    band.introduce(Load("somewhere"), None)
    kinds = [Turned, Panicked, EngineLost, WireLost, Clicked, Chosen, Introduced]
    assert [type(entry) for entry in kept] == kinds


def test_of_the_knobs_only_what_changed_is_kept() -> None:
    kept: list[Taken] = []
    band = bare(kept.append)
    band.turn_knobs(Knobs(mode="trade", seed=5))
    band.turn_knobs(Knobs(mode="trade", seed=6))
    assert [entry.changes for entry in kept if isinstance(entry, Turned)] == [{"mode": "trade", "seed": 5}, {"seed": 6}]


def test_a_key_that_is_held_to_the_end_comes_up_where_it_does_in_a_replay_too() -> None:
    kept: list[Taken] = []
    time = 0.0
    band = bare(kept.append, lambda: time)
    band.from_wire(Map(TempoMap(playing=True), "internal", 0.0))
    band.from_wire(Input(1, 1.0, IN, bytes((0x90, 60, 80))))
    time = 2.0
    band.step()
    time = 9.0
    band.close()
    again = bare(None, lambda: time)
    for entry in kept:
        time = entry.time
        take_again(again, entry)
    time = 7.0
    again.close()
    assert band.take.player_notes == again.take.player_notes == (PlayerNote(1.0, 3.0, 60, 80),)


def test_the_wires_key_is_not_written_down() -> None:
    kept: list[Taken] = []
    bare(kept.append).from_wire(Ready("loopback", "", (), "", "there", b"secret", 0))
    assert b"c2VjcmV0" not in msgspec.json.encode(kept)
    assert b"secret" not in msgspec.msgpack.encode(kept)


def test_a_band_that_keeps_nothing_plays_the_same() -> None:
    with_log, without = Rehearsal(open_parrot, Path("parrot"), keep=lambda _: None), Rehearsal(open_parrot)
    for rehearsal in (with_log, without):
        rehearsal.run(0.1)
        rehearsal.start()
        rehearsal.perform([(0.3 + index * 0.25, 0.2, 60 + index, 80) for index in range(8)])
        rehearsal.run(8.0)
    assert with_log.out == without.out
    assert with_log.out


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_happens_a_band_that_takes_it_in_again_says_the_same(seed: int) -> None:
    kept: list[Taken] = []
    stage = Stage(seed, keep=kept.append)
    kinds, weights = list(MISHAPS), list(MISHAPS.values())
    for mishap in stage.chance.choices(kinds, weights, k=150):
        if mishap.__name__ != "desk_dies":  # that is another band, with a log of its own
            mishap(stage)
        stage.rehearsal.run(pause(stage.chance))
    written = msgspec.json.encode(kept)
    lines = msgspec.json.decode(written, type=list[Taken])
    assert msgspec.json.encode(lines) == written
    now = 0.0
    again: list[Taken] = []
    band = bare(again.append, lambda: now)
    for entry in lines:
        now = entry.time
        take_again(band, entry)
    assert [entry.said for entry in again] == [entry.said for entry in kept]
    assert [type(entry) for entry in again] == [type(entry) for entry in kept]
