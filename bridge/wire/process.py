"""The wire process: opens the ports, sweeps what a wire before it left sounding, and runs until the desk is gone."""

import os
import time
from pathlib import Path

from bridge.clock.keeper import Timekeeper
from bridge.engine.protocol import Ear
from bridge.errors import AntiphonError
from bridge.link import Exchange, Link, dial
from bridge.midi.channels import Route
from bridge.midi.ledger import Ledger
from bridge.midi.ports import IN, Ports, Written, controls
from bridge.midi.punctual import PREPARED, punctual
from bridge.midi.system import choose
from bridge.music.note import BAND, Voice
from bridge.wire.ears import Ears
from bridge.wire.inbox import Inbox
from bridge.wire.player import DRUM_CHANNEL
from bridge.wire.priority import raise_priority
from bridge.wire.protocol import Bye, Hello, Ready, ToWire, Trouble
from bridge.wire.setup import Setup
from bridge.wire.wire import OUTS, STEP, Wire

DRAIN = 1.0
"""Seconds that the desk may take to read what the wire said last."""
ONE_PORT = {
    voice.value: Route("band", DRUM_CHANNEL if voice is Voice.DRUMS else channel)
    for channel, voice in enumerate(reversed(BAND))
}
"""Where the voices play when they share one port."""


def run(address: str, key: bytes, setup: Setup) -> None:
    """Serve until the desk says goodbye or its pipe closes; either way every note is closed first."""
    inbox = Inbox()

    def from_desk(message: ToWire | None) -> None:
        inbox.put(Bye() if message is None else message)

    desk: Link[ToWire] = Link(dial(address, key), ToWire, from_desk)
    desk.send(Hello("wire", os.getpid()))
    desk.start()
    try:
        routes = ONE_PORT if setup.one_port else None
        ports, reason = choose(setup.system, opens=setup.opens, routes=routes, client=setup.client)
        ports = punctual(ports)
        ins = (IN, *controls(setup.controls))
        ports.open(ins, OUTS, inbox.put)
        ledger = take_over(Path(setup.ledger) if setup.ledger else None, ports)
    except AntiphonError as error:
        desk.send(Trouble(str(error)))
        desk.close(drain=DRAIN)
        return
    listeners = Ears()
    ears = Exchange()
    ears.accept(lambda connection: listeners.join(Link(connection, Ear, lambda _: None).start()))

    clock = Timekeeper(setup.bpm, setup.meter, now=ports.now)
    wire = Wire(
        ports,
        ledger,
        clock,
        desk.send,
        listeners.tell,
        lambda: time.perf_counter() - ports.now(),
        ins,
    )
    swept = wire.hold() if ledger.left().channels else 0
    priority = raise_priority()
    desk.send(Ready(ports.system, reason, (*ins, *OUTS), priority, ears.address, ears.key, swept))
    try:
        serve(wire, inbox, ports)
    finally:
        clock.close()
        ledger.close()
        ears.close()
        desk.close(drain=DRAIN)


def take_over(path: Path | None, ports: Ports) -> Ledger:
    """The ledger with the marks of a wire that was killed; the ports restore its connections. Raises PortError."""
    left = None if path is None else Ledger.recover(path)[0]
    ledger = Ledger(path, OUTS, left)
    if left is not None:
        ports.restore(left.connections)
    return ledger


def serve(wire: Wire, inbox: Inbox, ports: Ports) -> None:
    """Run from the desk's first word until the wire is over; then close the ports and settle what they wrote."""
    exact = ports.horizon <= PREPARED  # else a message is handed over well before its time
    try:
        for item in inbox.opening():
            wire.handle(item)
        while not wire.over:
            seconds = wire.step()
            next = inbox.wait(seconds, exact and seconds < STEP)
            while next is not None:
                wire.handle(next)
                next = inbox.next()
    finally:
        if not wire.over:
            wire.silence()
        ports.close()
        for item in inbox.rest():
            if isinstance(item, Written):
                wire.handle(item)
