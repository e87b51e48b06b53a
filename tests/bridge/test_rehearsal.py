"""Anything may happen on stage: whatever it is, every note is closed once and the same seed gives the same notes."""

import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.midi.ports import PortNews
from bridge.music.meter import Meter
from bridge.music.tunes import TUNES
from bridge.rehearsal import Rehearsal
from bridge.wire.protocol import Locate, Panic, Resume, Tempo
from tests.bridge.engine.parrot import open_parrot
from tests.bridge.wire.cable import onsets, open_notes

MISHAPS = (
    *["notes"] * 8,
    *["same pitch"] * 3,
    *("pedal", "stop", "resume", "locate", "locate", "tempo", "tempo", "mode", "knob", "panic"),
    *("kill", "revive", "revive", "clock", "unplug", "garbage"),
)


def misfortune(rehearsal: Rehearsal, chance: random.Random) -> None:
    """One thing that happens on stage."""
    now = rehearsal.time.now()
    knobs = rehearsal.band.conductor.knobs
    match chance.choice(MISHAPS):
        case "notes":
            length = chance.uniform(0.05, 0.6)
            rehearsal.perform(
                [(now + i * 0.3, length, chance.randrange(48, 84), chance.randrange(1, 128)) for i in range(6)],
                channel=chance.randrange(16),
            )
        case "pedal":
            rehearsal.play(now, bytes((0xB0, 64, chance.choice((0, 127)))))
        case "stop":
            rehearsal.stop()
        case "resume":
            rehearsal.to_wire(Resume())
        case "locate":
            rehearsal.to_wire(Locate(chance.uniform(0, 64)))
        case "tempo":
            rehearsal.to_wire(Tempo(chance.uniform(30, 280), Meter(chance.choice((3, 4, 5, 7)), 4)))
        case "mode":
            rehearsal.band.turn_knobs(Knobs(mode=chance.choice(("continue", "trade")), trade_bars=1))
        case "knob":
            rehearsal.band.turn_knobs(Knobs(mode=knobs.mode, patience=chance.uniform(0.25, 1)))
        case "panic":
            rehearsal.to_wire(Panic())
        case "kill":
            rehearsal.kill_engine()
        case "revive":
            rehearsal.revive_engine()
        case "clock":
            bpm = chance.uniform(60, 200)
            rehearsal.play(now, bytes((chance.choice((0xFA, 0xFB, 0xFC)),)))
            for tick in range(chance.randrange(200)):
                rehearsal.play(now + tick * 2.5 / bpm + chance.uniform(0, 0.001), b"\xf8")
        case "unplug":
            rehearsal.wire.handle(PortNews("in", "lost"))
        case "garbage":
            rehearsal.play(now, chance.randbytes(chance.randrange(1, 40)))
        case "same pitch":
            for _, port, data in rehearsal.out[-3:]:
                if port == "lead":
                    rehearsal.play(now + 0.05, data)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_happens_on_stage_nothing_sticks_and_nothing_is_closed_twice(seed: int) -> None:
    chance = random.Random(seed)
    rehearsal = Rehearsal(open_parrot, Path("parrot"))
    rehearsal.run(0.1)
    for _ in range(60):
        if not rehearsal.band.map.playing and chance.random() < 0.7:
            rehearsal.start(chance.choice((0.0, 1.0)))
        misfortune(rehearsal, chance)
        rehearsal.run(chance.choice((0.01, 0.3, 2.0, 6.0)))
    rehearsal.to_wire(Panic())
    rehearsal.run(5.0)
    rehearsal.stop()
    rehearsal.play(rehearsal.time.now(), b"\xfc")  # a MIDI clock may still lead
    rehearsal.run(0.5)
    assert not open_notes(rehearsal.out)
    assert rehearsal.wire.sounding == 0
    assert rehearsal.band.stuck == 0


def digest(rehearsal: Rehearsal) -> str:
    """What left the ports, in one word."""
    return hashlib.sha256(repr(rehearsal.out).encode()).hexdigest()


def guested(seconds: float, seed: int, mode: str = "continue") -> Rehearsal:
    """A jam of the guest and the model that ships."""
    tune = TUNES[seed % len(TUNES)]
    rehearsal = Rehearsal(
        open_pack,
        find("lstm-melody"),
        Knobs(mode=mode, seed=seed, trade_bars=tune.phrases[0].bars),
        bpm=tune.tempo,
        meter=tune.meter,
        guest=lambda plan: Guest(plan, tune),
    )
    rehearsal.run(0.1)
    rehearsal.start(tune.meter.bar)
    rehearsal.run(seconds)
    return rehearsal


@pytest.mark.parametrize("mode", ["continue", "trade"])
def test_the_same_seed_gives_the_same_notes_and_another_gives_others(mode: str) -> None:
    assert digest(guested(60.0, 0, mode)) == digest(guested(60.0, 0, mode)) != digest(guested(60.0, 5, mode))


@pytest.mark.soak
def test_half_an_hour_of_it_is_on_time_closed_and_the_same_again() -> None:
    first = guested(1800.0, 1)
    assert first.band.metrics.dropped == 0
    assert first.band.metrics.vamped <= 8
    assert first.band.conductor.hits.rate >= 0.9995
    assert len(onsets(first.out)) > 1000
    assert digest(first) == digest(guested(1800.0, 1))
    first.stop()
    first.run(1.0)
    assert not open_notes(first.out)
