"""Two audio ports of our own on JACK, connected to the first two loudspeakers."""

import os
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from bridge.errors import PortError
from bridge.midi.jack import missing
from bridge.sound.bands import Array

CLIENT: Final = "Antiphon texture"
PORTS: Final = ("left", "right")


class JackOut:
    """Pulls in JACK's own cycle. Raises PortError where no server runs."""

    name = "jack"

    def __init__(self, server: str | None = None, client: str = CLIENT) -> None:
        if why := missing():
            raise PortError(why)
        import jack

        named = server or os.environ.get("JACK_DEFAULT_SERVER") or "default"
        try:
            self._client: Any = jack.Client(client, no_start_server=True, servername=server)
        except jack.JackOpenError:
            raise PortError(f"no JACK server called {named} is running") from None
        self.rate = int(self._client.samplerate)
        self.latency = self._client.blocksize / self.rate
        self.xruns = 0
        self.lost = False
        self._pull: Callable[[int], Array] | None = None
        self._ports = [self._client.outports.register(name) for name in PORTS]
        self._client.set_process_callback(self._process)
        self._client.set_xrun_callback(self._missed)
        self._client.set_shutdown_callback(self._gone)

    def start(self, pull: Callable[[int], Array]) -> None:
        """Begin to pull, and connect to the loudspeakers, if there are."""
        import jack

        self._pull = pull
        self._client.activate()
        speakers = self._client.get_ports(is_physical=True, is_input=True, is_audio=True)
        for port, speaker in zip(self._ports, speakers, strict=False):
            try:
                self._client.connect(port, speaker)
            except jack.JackError:
                continue  # somebody else's policy; the user can connect it as well

    def close(self) -> None:
        """Take the ports away."""
        if not self.lost:
            self._client.deactivate()
        self._client.close()

    def _process(self, frames: int) -> None:
        """One cycle, on JACK's thread; nothing may escape, or JACK would never call again."""
        try:
            block = self._pull(frames) if self._pull is not None else np.zeros((frames, 2), np.float32)
            for side, port in enumerate(self._ports):
                port.get_array()[:] = block[:, side]
        except Exception:
            self.xruns += 1

    def _missed(self, _: float) -> None:
        self.xruns += 1

    def _gone(self, *_: object) -> None:
        self.lost = True
