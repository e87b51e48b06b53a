"""Keeps the wire's harmony table fresh: what sounds under the player's keys follows chart, key and knobs."""

from collections.abc import Callable

from bridge.jam.knobs import Knobs
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Voice
from bridge.music.under import table
from bridge.wire.protocol import Harmony, ToWire

FIRST_KEY = Key(0, "major")
"""The key before the player has shown one."""


class UnderFinger:
    """Sends a table through `send` whenever it is another one than before."""

    def __init__(self, send: Callable[[ToWire], object]) -> None:
        self._send = send
        self._said: tuple[object, ...] = ()

    def step(self, voice: Voice | None, key: Key | None, chord: Chord | None, knobs: Knobs) -> None:
        """`voice` plays the harmony (None: nobody does), in a key and over a chord, where they are known."""
        if voice is None:
            asked: tuple[object, ...] = ()
        else:
            level = knobs.level.get(voice, 1.0)
            asked = (voice, key or FIRST_KEY, chord, knobs.thickness, level)
        if asked == self._said:
            return
        self._said = asked
        if voice is None:
            self._send(Harmony(Voice.CHORDS))
        else:
            self._send(Harmony(voice, table(key or FIRST_KEY, chord, knobs.thickness), level))

    def forget(self) -> None:
        """A new wire knows no table: say it again."""
        self._said = ()
