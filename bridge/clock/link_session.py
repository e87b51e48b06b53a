"""The real Link session, through LinkPython: the `link` extra. Nothing of it is loaded before somebody joins."""

import sys

from bridge.clock.link import Seen
from bridge.errors import ClockError

REQUIREMENT = "LinkPython-extern>=1.3,<2"


class LinkSession:
    """Our place in a Link session (`bridge.clock.link.Session`). Raises ClockError where the extra is missing."""

    def __init__(self, bpm: float) -> None:
        try:
            import link
        except ImportError:
            raise ClockError(_missing()) from None
        self._link = link.Link(bpm)
        self._clock = self._link.clock()
        self._link.enabled = True

    def micros(self) -> int:
        """Link's clock."""
        return int(self._clock.micros())

    def look(self, micros: int, quantum: float) -> Seen:
        """The session as it is at a time."""
        state = self._link.captureAppSessionState()
        beat = state.beatAtTime(micros, quantum)
        return Seen(beat, state.tempo(), state.isPlaying(), int(state.timeForIsPlaying()), self._link.numPeers())

    def place(self, beat: float, micros: int, quantum: float) -> None:
        """Count so that `beat` is at that time or, if others are here, where the bar next has that place."""
        state = self._link.captureAppSessionState()
        state.requestBeatAtTime(beat, micros, quantum)
        self._link.commitAppSessionState(state)

    def start(self, beat: float, micros: int, quantum: float, sounds: float) -> None:
        """`place`, and play; for the others who start and stop with us, from our beat `sounds` on."""
        state = self._link.captureAppSessionState()
        state.requestBeatAtTime(beat, micros, quantum)
        state.setIsPlaying(True, round(state.timeAtBeat(sounds, quantum)))
        self._link.commitAppSessionState(state)

    def stop(self, micros: int) -> None:
        """Stop playing."""
        state = self._link.captureAppSessionState()
        state.setIsPlaying(False, micros)
        self._link.commitAppSessionState(state)

    def propose(self, bpm: float, micros: int) -> None:
        """Another tempo, for everybody."""
        state = self._link.captureAppSessionState()
        state.setTempo(bpm, micros)
        self._link.commitAppSessionState(state)

    def start_stop(self, on: bool) -> None:
        """Whether starts and stops are shared."""
        self._link.startStopSyncEnabled = on

    def leave(self) -> None:
        """Be gone."""
        self._link.enabled = False


def _missing() -> str:
    if getattr(sys, "frozen", False):
        how = "this build comes without it, for its licence's sake: install Antiphon with pip to use it"
    else:
        how = f'to have it, run: {sys.executable} -m pip install "{REQUIREMENT}" (GPL-2.0-or-later), and start again'
    return f"Ableton Link is not installed; {how}. Until then the other clocks lead"
