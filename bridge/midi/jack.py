"""Our own JACK client: messages in and out at exact frames of the server's clock."""

import functools
import os
import time
from typing import Any, Final

from bridge.errors import PortError
from bridge.midi.cycle import Cycle
from bridge.midi.inlet import Inlet
from bridge.midi.patchbay import Patchbay
from bridge.midi.ports import CLIENT, GUEST, IN, Connections, Deliver, PortInfo, PortNews, Written

_MARGIN: Final = 0.008
"""Seconds a message is handed over before the cycle that may hold its frame: a thread's worst wake-up."""
_SHORTEST_HORIZON: Final = 0.010
_PATIENCE: Final = 1.0
"""Seconds that closing waits for what is still to be written."""
_NAME_TRIES: Final = 8
_NAME_WAIT: Final = 0.05
"""Seconds between tries to get our name, which a client of ours that was killed may hold until JACK notices."""


@functools.cache
def _library() -> Any:
    """The `jack` module, kept off the terminal. Raises PortError where it or the system's libjack is missing."""
    try:
        import jack
    except ImportError as error:
        raise PortError("the Python package JACK-Client is missing; install it: pip install JACK-Client") from error
    except OSError as error:
        raise PortError(
            "JACK's library (libjack) is not on this machine; install jackd2 or PipeWire's JACK, "
            "or choose another MIDI system"
        ) from error
    jack.set_error_function(_ignore)
    jack.set_info_function(_ignore)
    return jack


def available() -> bool:
    """Whether a JACK client of our own can be made at all; says nothing about a server."""
    return not missing()


def missing() -> str:
    """Why no JACK client of our own can be made; "" where one can."""
    try:
        _library()
    except PortError as error:
        return str(error)
    return ""


def unwrap(low: int, near: int) -> int:
    """The full frame number whose low 32 bits are `low`, nearest to the full number `near`."""
    return near + ((low - near + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)


class JackPorts:
    """Ports on a running JACK server; times are its frames in seconds. Raises PortError where none runs.

    `server` is the server's name (None: the default one). A server is never started.
    """

    system = "jack"

    def __init__(self, server: str | None = None, client: str = CLIENT) -> None:
        jack = _library()
        named = server or os.environ.get("JACK_DEFAULT_SERVER") or "default"
        # Closing a client that is called like its server would remove the server's own socket.
        name = f"{client} ports" if client == named else client
        try:
            self._client: Any = _named(jack, name, server)
        except jack.JackOpenError as error:
            what = (
                f"no JACK server called {named} is running"
                if error.status.server_failed
                else f"the JACK server {named} lets no client in ({error})"
            )
            raise PortError(f"{what}; start it anew, or choose another MIDI system") from error
        self.rate: int = self._client.samplerate
        self.period: int = self._client.blocksize
        self.xruns = 0
        self.horizon = 0.0
        self._measure(self.period)
        # Asked of the library itself: 750 times a second, the wrapper's generator costs 0.4 % of a core.
        self._buffer: Any = jack._lib.jack_port_get_buffer
        self._count: Any = jack._lib.jack_midi_get_event_count
        self._callbacks: tuple[Any, ...] = ()
        self._start: int = self._client.frame_time
        self._latest = 0
        self._lost: tuple[float, float] | None = None
        self._failed = False
        self._inlets: list[tuple[Inlet, Any, Any]] = []
        self._cycle = Cycle(self.rate, {}, _ignore, jack.JackError)
        self._deliver: Deliver = _ignore
        self._patchbay: Patchbay | None = None

    def now(self) -> float:
        """Seconds of the server's frame clock; it goes on by `perf_counter` when the server has died."""
        if self._lost is not None:
            frozen, since = self._lost
            return frozen + time.perf_counter() - since
        # Within a cycle JACK guesses by the clock on the wall. Around cycles that were missed its guess lies up to tens
        # of milliseconds behind the cycle that has begun, or beyond its end: then notes would be late or held back.
        known = max(self._latest, self._start)
        begun = unwrap(self._client.last_frame_time, known)
        guess = unwrap(self._client.frame_time, known)
        self._latest = max(known, begun, min(guess, begun + self.period - 1))
        return self._latest / self.rate

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        """Register our ports, start the process callback and wire `guest` to `in`. Raises PortError."""
        jack, client = _library(), self._client
        self._deliver = deliver
        try:
            for name in ins:
                port = client.midi_inports.register(name)
                self._inlets.append((Inlet(name, deliver), port, port._ptr))
            sinks = {name: client.midi_outports.register(name) for name in outs}
            self._cycle = Cycle(self.rate, sinks, deliver, jack.JackError)
            pointers = {inlet.port: pointer for inlet, _, pointer in self._inlets}
            patchbay = Patchbay(client, jack.JackError, deliver, pointers)
            self._listen(patchbay)
            client.set_blocksize_callback(self._measure)
            client.set_xrun_callback(self._missed)
            client.set_shutdown_callback(self._server_died)
            client.activate()
            if GUEST in outs and IN in ins:
                client.connect(f"{client.name}:{GUEST}", f"{client.name}:{IN}")
            self._patchbay = patchbay
            patchbay.open()
        except jack.JackError as error:
            raise PortError(f"JACK would not give us our ports ({error}); restart its server") from error

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Have `data` written at the frame nearest to `due` (seconds of `now`); at once if that is past."""
        if self._lost is None:
            self._cycle.queue(port, round(due * self.rate), data, token)
        elif token >= 0:
            self._deliver(Written(token, 0.0, lost=True))

    def poll(self) -> None:
        """Connect again what had vanished and is back under a name like its old one, on a thread of its own."""
        if self._lost is None and self._patchbay is not None:
            self._patchbay.look()

    def connections(self) -> Connections:
        """Our port -> JACK's full names of what the last `poll` saw it connected to, without the guest's own cable.

        What was connected and has vanished is among them.
        """
        if self._lost is not None or self._patchbay is None:
            return {}
        cables, awaited = self._patchbay.cables, self._patchbay.awaited
        return cables | {port: tuple(dict.fromkeys((*cables.get(port, ()), *awaited[port]))) for port in awaited}

    def connect(self, port: str, other: str) -> bool:
        """Connect our port to the one that is most nearly called `other`; True when it now is.

        Takes three periods: what is sent after it is heard at the other end.
        """
        if self._lost is not None or self._patchbay is None or not self._patchbay.connect(port, other):
            return False
        self._settle()
        return True

    def restore(self, connections: Connections) -> None:
        """Have the patchbay lay the cables of before: JACK takes a period for each."""
        if self._patchbay is not None:
            self._patchbay.restore(connections)

    def close(self) -> None:
        """Wait for what is queued and two periods more, then take our ports away."""
        if self._client is None:
            return
        if self._patchbay is not None:
            self._patchbay.close()
        if self._lost is None:
            until = time.perf_counter() + _PATIENCE
            while not self._cycle.idle and time.perf_counter() < until and self._lost is None:
                time.sleep(self.period / self.rate)
            self._settle()
        if self._lost is None:
            self._lost = (self.now(), time.perf_counter())
        self._client.deactivate()
        self._client.close()
        self._cycle.give_up()
        # The client holds our callbacks and they hold us: nothing would ever be freed.
        self._client = None

    @property
    def detour(self) -> float:
        """JACK breaks a circle of clients in one place: what passes there comes a period later."""
        return self.period / self.rate

    def _measure(self, period: int) -> None:
        """Take over the server's period in frames."""
        self.period = period
        self.horizon = max(_SHORTEST_HORIZON, 2 * period / self.rate + _MARGIN)

    def _settle(self) -> None:
        """Wait for two periods: a new cable carries nothing before, and what was written has left after."""
        time.sleep(2 * self.period / self.rate)

    def _listen(self, patchbay: Patchbay) -> None:
        """Have JACK call us once a cycle: to hand on what came in and to write what is due. Raises JackError.

        Nearly every cycle has nothing of either, and each finds its code out of the processor's cache. So what looks is
        short, has all it needs at hand, passes over in ports that nobody plays to, and is called by the library itself:
        the wrapper between would cost half as much again.
        """
        jack, buffer, count, work, cycle = _library(), self._buffer, self._count, self._work, self._cycle
        connected = jack._lib.jack_port_connected

        def look(frames: int, _: object) -> int:
            heard, passed = patchbay.ears
            for pointer, cables in passed:
                if connected(pointer) != cables:
                    patchbay.changed()
                    heard = patchbay.ears.heard
            for pointer in heard:
                if count(buffer(pointer, frames)):
                    work(frames)
                    return 0
            # What we play to our own ins comes in while the port it went through is unclean.
            if cycle.waiting or cycle.unclean or cycle.restless:
                work(frames)
            return 0

        def changed(*_: object) -> None:
            patchbay.changed()

        library, client, nothing = jack._lib, self._client._ptr, jack._ffi.NULL
        self._callbacks = tuple(
            jack._ffi.callback(kind, function)
            for kind, function in (
                ("JackProcessCallback", look),
                ("JackPortConnectCallback", changed),
                ("JackPortRegistrationCallback", changed),
            )
        )
        process, connects, registers = self._callbacks
        if (
            library.jack_set_process_callback(client, process, nothing)
            or library.jack_set_port_connect_callback(client, connects, nothing)
            or library.jack_set_port_registration_callback(client, registers, nothing)
        ):
            raise jack.JackError("it takes no callback")

    def _work(self, frames: int) -> None:
        """A cycle with something to do, on JACK's thread: nothing may escape, or what is behind it is lost too."""
        try:
            self._run(frames)
        except Exception as error:
            # The message at fault is lost, the band plays on.
            if not self._failed:
                self._failed = True
                self._deliver(PortNews("", "complaint", f"a JACK cycle failed: {error!r}; please report this"))

    def _run(self, frames: int) -> None:
        """Hand on this cycle's arrivals, each stamped with its own frame, and write what is due."""
        # The last cycle with any work may be longer ago than 32 bits of frames reach; `now` is read every second.
        self._start = start = unwrap(self._client.last_frame_time, max(self._latest, self._start))
        for inlet, port, pointer in self._inlets:
            if self._count(self._buffer(pointer, frames)):
                for offset, event in port.incoming_midi_events():
                    inlet.take((start + offset) / self.rate, bytes(event))
        self._cycle.run(start, frames)

    def _missed(self, _: float) -> None:
        """Count a cycle that the server has missed, and repair what it may have lost."""
        self.xruns += 1
        self._cycle.missed()

    def _server_died(self, status: Any, reason: str) -> None:
        """Say so once; the clock goes on without the server."""
        if self._lost is None:
            self._lost = (max(self._latest, self._start) / self.rate, time.perf_counter())
            self._cycle.give_up()
            self._deliver(PortNews("", "system-lost", f"the JACK server went away ({reason})"))


def _named(jack: Any, name: str, server: str | None) -> Any:
    """A client of that name, or of one like it where another program keeps the name. Raises JackOpenError."""
    for left in reversed(range(_NAME_TRIES)):
        client = jack.Client(name, no_start_server=True, servername=server)
        if not client.status.name_not_unique or not left:
            break
        client.close()
        time.sleep(_NAME_WAIT)
    return client


def scan(server: str | None = None) -> list[PortInfo]:
    """Every MIDI port of the running server, ours marked. Raises PortError where none runs."""
    probe = JackPorts(server, f"{CLIENT} probe")
    client = probe._client
    try:
        return [
            PortInfo(
                port.name,
                "in" if port.is_output else "out",
                port.name.startswith(CLIENT),
                tuple(other.name for other in client.get_all_connections(port)),
            )
            for port in client.get_ports(is_midi=True)
        ]
    finally:
        probe.close()


def _ignore(_: object) -> None:
    """Where libjack's chatter goes, and what is delivered before the ports are open."""
