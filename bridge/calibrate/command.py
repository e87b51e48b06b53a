"""`antiphon calibrate`: opens the ports, closes the circle, measures, and says what to set."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.calibrate.circle import Circle
from bridge.calibrate.pulses import Delay
from bridge.calibrate.settings_file import write_offset
from bridge.errors import CalibrationError
from bridge.lock import DaemonLock
from bridge.midi.ledger import Ledger
from bridge.midi.ports import FEEDBACK
from bridge.midi.punctual import punctual
from bridge.midi.system import choose
from bridge.music.note import Voice
from bridge.settings import Settings, state_folder
from bridge.wire.process import ONE_PORT
from bridge.wire.wire import INS, OUTS

PORTS = tuple(port for port in OUTS if port not in (Voice.GUEST.value, FEEDBACK))
"""The ports that can be calibrated."""


class Options(msgspec.Struct, frozen=True):
    """What the command line says."""

    port: str = Voice.LEAD.value
    pulses: int = 40
    patience: float = 20.0
    """Seconds to wait for the circle to be closed."""
    write: Path | None = None
    """The settings file to write the offset to."""


def calibrate(settings: Settings, options: Options, say: Callable[[str], object]) -> str:
    """Measure and return what there is to say. Raises AntiphonError, of a daemon that holds the ports too."""
    if options.port not in PORTS:
        raise CalibrationError(f"there is no out port «{options.port}»; choose one of {', '.join(PORTS)}")
    midi = settings.midi
    with DaemonLock(state_folder()):
        left, _ = Ledger.recover(state_folder() / "ledger")
        routes = ONE_PORT if midi.one_port else None
        choice = choose(midi.system, opens=midi.opens, routes=routes, client=midi.client)
        say(choice.why)
        circle = Circle(punctual(choice.ports), options.port, say)
        with circle.open(INS, OUTS, left.connections if left is not None else {}):
            circle.close_up(options.patience)
            say(f"measuring with {options.pulses} pulses")
            delay = circle.measure(options.pulses)
    if options.write is not None:
        write_offset(options.write, options.port, delay.offset_ms)
    return report(delay, options)


def report(delay: Delay, options: Options) -> str:
    """What was measured and what to do about it, in lines."""
    lines = [
        f"«{options.port}» through the music program and back to «in»: {delay.median * 1000:.3f} ms, "
        f"eight of ten within ±{delay.spread * 1000:.3f} ms; {delay.heard} of {delay.sent} pulses came back"
    ]
    if delay.is_loose:
        lines.append("that varies too much for any offset to make it tight: look for a busy machine or a wireless link")
    if delay.strangers:
        lines.append(f"{delay.strangers} other notes came in meanwhile and were left out")
    if options.write is not None:
        lines.append(f"offset of {delay.offset_ms:g} ms for «{options.port}» written to {options.write}")
    else:
        lines.append(f"to be on the beat there: [midi] offset_ms.{options.port} = {delay.offset_ms:g} (or --write)")
    return "\n".join(lines)
