"""What can happen on a stage, each with its weight. One of them is one event."""

import contextlib
import random
from collections.abc import Callable

from bridge.control.parameter import Kind
from bridge.errors import SettingsError
from bridge.jam.gestures import Back, Capture, Clear, Fill, Infill, PlaySlot
from bridge.jam.stock import SLOTS
from bridge.midi.ports import CONTROL, IN, PortNews
from bridge.music.meter import Meter
from bridge.music.note import BAND
from bridge.wire.protocol import Align, Locate, Master, Observe, Offsets, Panic, Play, Resume, Stop, Tempo
from bridge.wire.wire import OUTS
from tests.soak.device import BrokenPromiseError
from tests.soak.stage import Stage

CHECK = 4_000
"""Events between two checks."""
PITCHES = range(36, 90)
CHARTS = ("", "C | Am F | G7", "Dm7 | G7 | C | C", "F#m B7/D# | E")


def press(stage: Stage) -> None:
    if stage.resting:
        return
    channel = stage.chance.choice((0, 0, 0, 9, stage.chance.randrange(16)))
    pitch = stage.chance.choice(PITCHES)
    stage.held.add((channel, pitch))
    stage.midi(0x90 | channel, pitch, stage.chance.randrange(1, 128))


def press_the_bands_pitch(stage: Stage) -> None:
    sounding = sorted(key for key in stage.devices.open if key[0] != "guest")
    if sounding and (not stage.resting or stage.chance.random() < 0.05):
        _, channel, pitch = stage.chance.choice(sounding)
        stage.held.add((channel, pitch))
        stage.midi(0x90 | channel, pitch, stage.chance.randrange(1, 128))
        if stage.resting:
            release(stage)


def release(stage: Stage) -> None:
    if stage.held:
        channel, pitch = stage.chance.choice(sorted(stage.held))
        stage.held.discard((channel, pitch))
        stage.midi(0x80 | channel, pitch, 64)


def release_what_is_not_held(stage: Stage) -> None:
    stage.midi(0x90 | stage.chance.randrange(16), stage.chance.choice(PITCHES), 0)


def echo(stage: Stage) -> None:
    for _, port, data in stage.rehearsal.out[-stage.chance.randrange(1, 6) :]:
        if port != "guest":
            stage.rehearsal.play(stage.now + stage.chance.uniform(0, 0.04), data)


def take_turns(stage: Stage) -> None:
    stage.rest(not stage.resting)


def roll(stage: Stage) -> None:
    if not stage.rehearsal.band.map.playing:
        start(stage)


def pedal(stage: Stage) -> None:
    if stage.resting:
        return
    stage.midi(0xB0 | stage.chance.randrange(2), 64, stage.chance.choice((0, 0, 63, 64, 127)))


def controller(stage: Stage) -> None:
    if stage.resting:
        return
    stage.midi(0xB0 | stage.chance.randrange(16), stage.chance.randrange(128), stage.chance.randrange(128))


def bend(stage: Stage) -> None:
    kind = stage.chance.choice((0xA0, 0xD0, 0xE0))
    rest = (stage.chance.randrange(128),) * (1 if kind == 0xD0 else 2)
    stage.midi(kind | stage.chance.randrange(16), *rest)


def control_port(stage: Stage) -> None:
    control = stage.chance.choice((stage.chance.randrange(128), 120, 123))
    stage.midi(0xB0 | stage.chance.randrange(16), control, stage.chance.randrange(128), port=CONTROL)


def garbage(stage: Stage) -> None:
    stage.rehearsal.play(stage.now, stage.chance.randbytes(stage.chance.randrange(1, 24)))


def start(stage: Stage) -> None:
    stage.rehearsal.start(stage.chance.choice((0.0, 0.0, 1.0, 4.0)))


def resume(stage: Stage) -> None:
    stage.rehearsal.to_wire(Resume())


def stop(stage: Stage) -> None:
    stage.rehearsal.to_wire(Stop())


def locate(stage: Stage) -> None:
    stage.rehearsal.to_wire(Locate(stage.chance.choice((0.0, 4.0, stage.chance.uniform(-10, 500), 1e6))))


def phrase(stage: Stage) -> None:
    """Something is done with phrases; what cannot be done just then is refused."""
    slot = stage.chance.choice(SLOTS)
    last = stage.chance.randrange(1, 5)
    gestures = (
        *(Capture(slot), Capture(slot, band=True), PlaySlot(slot), PlaySlot(slot), Clear(slot)),
        *(Back(), Fill(), Infill(stage.chance.randrange(1, last + 1), last)),
    )
    with contextlib.suppress(SettingsError):
        stage.rehearsal.band.gesture(stage.chance.choice(gestures))


def tempo(stage: Stage) -> None:
    meter = Meter(stage.chance.choice((3, 4, 4, 5, 7)), stage.chance.choice((4, 4, 8)))
    stage.rehearsal.to_wire(Tempo(stage.chance.uniform(20, 300), meter))


def master(stage: Stage) -> None:
    stage.rehearsal.to_wire(Master(stage.chance.choice(("auto", "auto", "internal", "midi", "daw"))))


def daw_ticks(stage: Stage) -> None:
    stage.clock.switch(not stage.clock.on)


def daw_tempo(stage: Stage) -> None:
    stage.clock.bpm = stage.chance.choice((60.0, 120.0, 97.0, stage.chance.uniform(20, 400)))


def daw_transport(stage: Stage) -> None:
    stage.clock.say(stage.chance.choice((0xFA, 0xFA, 0xFB, 0xFC)))


def daw_loop(stage: Stage) -> None:
    place = stage.chance.choice((0, 16, 64, stage.chance.randrange(1 << 14)))
    stage.clock.say(0xFC)
    stage.clock.say(0xF2, place & 0x7F, place >> 7)
    stage.clock.say(0xFB)


def daw_pointer(stage: Stage) -> None:
    stage.clock.say(0xF2, stage.chance.randrange(128), stage.chance.randrange(2))


def daw_says(stage: Stage) -> None:
    beat = stage.chance.choice((None, 0.0, 16.0, stage.chance.uniform(0, 500)))
    bpm = stage.chance.choice((None, stage.chance.uniform(30, 250)))
    stage.rehearsal.to_wire(Observe("daw", stage.now, beat, bpm, None, stage.chance.random() < 0.7))


def tap(stage: Stage) -> None:
    stage.rehearsal.to_wire(Align(stage.now - stage.chance.uniform(0, 0.1)))


def offsets(stage: Stage) -> None:
    ports = stage.chance.sample((IN, *OUTS), stage.chance.randrange(4))
    stage.rehearsal.to_wire(Offsets({port: stage.chance.uniform(-0.1, 0.1) for port in ports}))


def page_plays(stage: Stage) -> None:
    if not stage.resting:
        pitch = stage.chance.choice(PITCHES)
        stage.held.add((0, pitch))
        stage.rehearsal.to_wire(Play(bytes((0x90, pitch, stage.chance.randrange(1, 128)))))


def knob(stage: Stage) -> None:
    place = stage.chance.choice(list(stage.table))
    parameter = place.parameter
    if parameter.kind is Kind.CHART:
        stage.table.set(place.path, stage.chance.choice(CHARTS))
    elif parameter.choices:
        stage.table.set(place.path, stage.chance.choice(parameter.choices))
    else:
        stage.table.set(place.path, stage.chance.uniform(parameter.minimum, parameter.maximum))
    stage.apply_knobs()


def preset(stage: Stage) -> None:
    for _ in range(8):
        knob(stage)


def voices(stage: Stage) -> None:
    voice = stage.chance.choice(BAND)
    stage.table.set("on", not stage.table.get("on", voice) or stage.chance.random() < 0.5, voice)
    stage.apply_knobs()


def panic(stage: Stage) -> None:
    stage.rehearsal.band.panic()


def wires_panic(stage: Stage) -> None:
    stage.rehearsal.to_wire(Panic())


def engine_crash(stage: Stage) -> None:
    stage.rehearsal.kill_engine()
    stage.rehearsal.time.call_at(stage.now + stage.chance.uniform(0, 3), stage.rehearsal.revive_engine)


def engine_hang(stage: Stage) -> None:
    stage.rehearsal.hanging = True


def engine_ill(stage: Stage) -> None:
    for flock in stage.flocks:
        flock.ill = not flock.ill


def engine_slow(stage: Stage) -> None:
    stage.rehearsal.note_seconds = stage.chance.choice((0.0005, 0.001, 0.001, 0.02, 0.3))


def wire_dies(stage: Stage) -> None:
    stage.kill_wire()
    stage.rehearsal.time.call_at(stage.now + stage.chance.uniform(0.0, 1.0), stage.revive_wire)


def desk_dies(stage: Stage) -> None:
    stage.kill_desk()


def cable_out(stage: Stage) -> None:
    stage.pull(stage.chance.choice(OUTS[:5]), stage.chance.choice((0.0, stage.chance.uniform(0.0, 1.0))))


def cable_back(stage: Stage) -> None:
    if stage.out:
        stage.plug(stage.chance.choice(sorted(stage.out)))


def input_unplugged(stage: Stage) -> None:
    if stage.rehearsal.wired:
        stage.rehearsal.wire.handle(PortNews(stage.chance.choice((IN, CONTROL)), "lost", "keyboard"))
        stage.held.clear()


MISHAPS: dict[Callable[[Stage], None], float] = {
    press: 300,
    release: 330,
    press_the_bands_pitch: 60,
    release_what_is_not_held: 10,
    echo: 20,
    pedal: 20,
    controller: 20,
    bend: 10,
    take_turns: 6,
    roll: 15,
    tempo: 3,
    knob: 3,
    daw_tempo: 2,
    locate: 1.5,
    phrase: 4,
    voices: 1.5,
    garbage: 1,
    start: 1,
    resume: 1,
    daw_ticks: 1.5,
    daw_transport: 1.5,
    daw_loop: 1.5,
    daw_pointer: 1,
    daw_says: 0.7,
    tap: 0.7,
    offsets: 1,
    page_plays: 5,
    engine_slow: 1,
    cable_out: 1,
    cable_back: 2,
    control_port: 0.5,
    engine_ill: 0.7,
    engine_hang: 0.3,
    engine_crash: 0.5,
    wire_dies: 0.5,
    stop: 0.4,
    master: 0.4,
    preset: 0.3,
    panic: 0.4,
    wires_panic: 0.4,
    input_unplugged: 0.3,
    desk_dies: 0.1,
}
"""What happens -> how often, against the others."""


def fuzz(seed: int, events: int, first_check: int = CHECK) -> Stage:
    """Let so many things happen. Raises BrokenPromiseError that says which event of which seed brought it to light."""
    horizon = random.Random(seed).choice((0.0, 0.020))
    stage = Stage(seed, horizon)
    kinds, weights = list(MISHAPS), list(MISHAPS.values())
    index = 0
    mishap: Callable[[Stage], None] = press
    try:
        for index in range(events):
            mishap = stage.chance.choices(kinds, weights)[0]
            mishap(stage)
            stage.rehearsal.run(pause(stage.chance))
            if (index + 1) % first_check == 0:
                stage.check()
        stage.check()
    except Exception as error:
        kind = "" if isinstance(error, BrokenPromiseError) else f"{type(error).__name__}: "
        raise BrokenPromiseError(f"seed {seed}, event {index} ({mishap.__name__}): {kind}{error}") from error
    return stage


def pause(chance: random.Random) -> float:
    """Seconds to the next event: mostly a moment, now and then a while."""
    if chance.random() < 0.0015:
        return chance.uniform(1.0, 6.0)
    return chance.choice((0.0, 0.001, chance.expovariate(1 / 0.025)))
