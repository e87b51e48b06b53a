from collections.abc import Callable

import pytest

from bridge.calibrate.circle import Circle
from bridge.calibrate.pulses import Delay
from bridge.clock.offline import OfflineTime
from bridge.errors import CalibrationError
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.messages import NoteOff, NoteOn, decode
from bridge.wire.wire import INS, OUTS
from tests.bridge.wire.cable import Out, open_notes

Program = Callable[[bytes], bytes | None]
"""What the music program makes of a message."""


class Studio:
    """A music program between `lead` and `in` that takes `delay` seconds, and the circle through it."""

    def __init__(self, delay: float, program: Program = lambda data: data, plugged: float = 0.0) -> None:
        self.time = OfflineTime()
        self.ports = LoopbackPorts(self.time.now)
        self.out: Out = []
        self.said: list[str] = []
        self.delay, self.program, self.plugged = delay, program, plugged
        self.ports.listen("lead", self.through)
        self.circle = Circle(self.ports, "lead", self.said.append, lambda s: self.time.run_until(self.time.now() + s))

    def through(self, now: float, data: bytes) -> None:
        self.out.append((now, "lead", data))
        made = self.program(data)
        if made is not None and now >= self.plugged:
            self.time.call_at(now + self.delay, lambda: self.ports.arrive("in", made))

    def calibrate(self, patience: float = 5.0) -> Delay:
        with self.circle.open(INS, OUTS, {}):
            self.circle.close_up(patience)
            return self.circle.measure(40)


@pytest.mark.parametrize("delay", [0.0, 0.0123, 0.25, 0.499])
def test_the_delay_of_the_music_program_is_found(delay: float) -> None:
    studio = Studio(delay)
    found = studio.calibrate()
    assert found.median == pytest.approx(delay, abs=1e-6)
    assert (found.heard, found.strangers) == (40, 0)
    assert not open_notes(studio.out)


def test_it_waits_for_the_user_to_connect_and_says_so_once() -> None:
    studio = Studio(0.01, plugged=3.0)
    assert studio.calibrate(10.0).heard == 40
    assert [line for line in studio.said if "waiting for a pulse" in line] == studio.said
    assert len(studio.said) == 1


def test_where_nothing_comes_back_the_error_names_both_ports_and_every_note_is_closed() -> None:
    studio = Studio(0.01, plugged=60.0)
    with pytest.raises(CalibrationError, match="nothing came back from «lead» to «in»"):
        studio.calibrate(3.0)
    assert not open_notes(studio.out)


def test_a_program_that_answers_with_its_own_notes_is_no_echo() -> None:
    def transposed(data: bytes) -> bytes:
        return bytes((data[0], (data[1] + 12) % 128, data[2]))

    with pytest.raises(CalibrationError, match="nothing came back"):
        Studio(0.01, transposed).calibrate(3.0)


def test_notes_of_a_player_meanwhile_are_left_out() -> None:
    studio = Studio(0.02)
    for step in range(200):
        studio.time.call_at(step * 0.05, lambda: studio.ports.arrive("in", bytes((0x90, 20, 90))))
    found = studio.calibrate()
    assert found.median == pytest.approx(0.02, abs=1e-6)
    assert found.strangers > 20


def test_an_instrument_that_sends_other_velocities_and_channels_still_counts() -> None:
    def another(data: bytes) -> bytes | None:
        return bytes((data[0] | 5, data[1], 1 if isinstance(decode(data), NoteOn) else 0)) if data else None

    found = Studio(0.01, another).calibrate()
    assert found.heard == 40


def test_interrupted_in_mid_pulse_it_leaves_no_note_sounding() -> None:
    studio = Studio(0.01)
    sleeps = 0
    sleep = studio.circle._sleep

    def interrupted(seconds: float) -> None:
        nonlocal sleeps
        sleeps += 1
        if sleeps == 60:
            raise KeyboardInterrupt
        sleep(seconds)

    studio.circle._sleep = interrupted
    with pytest.raises(KeyboardInterrupt):
        studio.calibrate()
    assert any(isinstance(decode(data), NoteOff) for _, _, data in studio.out)
    assert not open_notes(studio.out)
