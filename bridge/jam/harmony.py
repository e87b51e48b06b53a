"""The harmony as it turns out: where the player's chord is another one than was told, who accompanies makes way."""

from collections.abc import Callable, Collection

from bridge.jam.legato import HELD
from bridge.music.chord import Chord
from bridge.music.note import Voice


class Harmony:
    """Keeps the chord that each voice was told; `let_go` ends what sounds of voices in some pitch classes."""

    def __init__(self, let_go: Callable[[Collection[Voice], Collection[int]], object]) -> None:
        self._let_go = let_go
        self._told: dict[Voice, Chord] = {}

    def turn(self, voices: Collection[Voice], chord: Chord | None) -> None:
        """The chord that sounds now is this one (None: nobody knows): what only the one before had is let go."""
        for voice in (voice for voice in voices if voice in HELD):
            before = self._told.pop(voice, None)
            if chord is None:
                continue
            self._told[voice] = chord
            gone = set(before.pitch_classes) - set(chord.pitch_classes) if before is not None else set()
            if gone:
                self._let_go((voice,), gone)

    def forget(self) -> None:
        """The music jumped: no chord was told."""
        self._told.clear()
