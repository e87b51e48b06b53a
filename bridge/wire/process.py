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
from bridge.midi.ports import Ports, Written
from bridge.midi.system import choose
from bridge.music.note import BAND, Voice
from bridge.wire.inbox import Inbox
from bridge.wire.player import DRUM_CHANNEL
from bridge.wire.priority import raise_priority
from bridge.wire.protocol import Bye, Hello, Ready, ToWire, Trouble
from bridge.wire.setup import Setup
from bridge.wire.wire import INS, OUTS, Wire

RECONNECTED = 0.1
"""Seconds after which a restored connection surely carries what is sent."""
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
        ports, reason = choose(setup.system, opens=setup.opens, routes=ONE_PORT if setup.one_port else None)
        ports.open(INS, OUTS, inbox.put)
        ledger = take_over(Path(setup.ledger) if setup.ledger else None, ports)
    except AntiphonError as error:
        desk.send(Trouble(str(error)))
        desk.close(drain=DRAIN)
        return
    listeners: list[Link[Ear]] = []
    ears = Exchange()
    ears.accept(lambda connection: listeners.append(Link(connection, Ear, lambda _: None).start()))

    def ear(message: Ear) -> None:
        for link in tuple(listeners):
            if not link.send(message):
                listeners.remove(link)

    wire = Wire(
        ports,
        ledger,
        Timekeeper(setup.bpm, setup.meter),
        desk.send,
        ear,
        lambda: time.perf_counter() - ports.now(),
    )
    swept = wire.sweep(ports.now() + ports.horizon + RECONNECTED)
    priority = raise_priority()
    desk.send(Ready(ports.system, reason, (*INS, *OUTS), priority, ears.address, ears.key, swept))
    try:
        serve(wire, inbox, ports)
    finally:
        ledger.close()
        ears.close()
        desk.close(drain=DRAIN)


def take_over(path: Path | None, ports: Ports) -> Ledger:
    """The ledger with the marks of a wire that was killed; its connections are made again. Raises PortError."""
    left = None if path is None else Ledger.recover(path)[0]
    ledger = Ledger(path, OUTS, left)
    if left is not None:
        for port, others in left.connections.items():
            for other in others:
                ports.connect(port, other)
    return ledger


def serve(wire: Wire, inbox: Inbox, ports: Ports) -> None:
    """Run from the desk's first word until the wire is over; then close the ports and settle what they wrote."""
    exact = ports.horizon == 0.0  # else a message is handed over well before its time
    try:
        for item in inbox.opening():
            wire.handle(item)
        while not wire.over:
            next = inbox.wait(wire.step(), exact)
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
