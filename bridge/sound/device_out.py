"""The system's default sound device, through PortAudio, where there is no JACK."""

from collections.abc import Callable
from typing import Any, Final

from bridge.errors import PortError
from bridge.sound.bands import Array

LATENCY: Final = 0.03
"""Seconds that the device is asked to keep to."""


class DeviceOut:
    """Pulls in the device's own cycle. Raises PortError where there is no device, or nothing to reach it with."""

    name = "device"

    def __init__(self) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise PortError(
                f"no sound device can be reached without the `audio` extra and PortAudio ({error})"
            ) from None
        self._pull: Callable[[int], Array] | None = None
        self.xruns = 0
        self.lost = False
        try:
            self._stream: Any = sounddevice.OutputStream(
                channels=2,
                dtype="float32",
                latency=LATENCY,
                callback=self._process,
                finished_callback=self._ended,
            )
        except sounddevice.PortAudioError as error:
            raise PortError(f"there is no sound device to play on ({error})") from None
        self.rate = int(self._stream.samplerate)
        self.latency = float(self._stream.latency)
        self._closing = False

    def start(self, pull: Callable[[int], Array]) -> None:
        """Begin to pull. Raises PortError where the device will not."""
        import sounddevice

        self._pull = pull
        try:
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise PortError(f"the sound device does not start ({error})") from None

    def close(self) -> None:
        """End."""
        self._closing = True
        self._stream.close()

    def _process(self, out: Array, frames: int, _: object, status: Any) -> None:
        if status.output_underflow:
            self.xruns += 1
        if self._pull is not None:
            out[:] = self._pull(frames)

    def _ended(self) -> None:
        self.lost = not self._closing
