"""Harmony under the finger: what sounds with every key of the player at once, from a table that the desk keeps fresh.

It never leaves the wire, so that it is as quick as an echo. A harmony note ends when the last key (or the pedal) that
called for it is let go; a table that changes meanwhile leaves what sounds as it is.
"""

from collections.abc import Iterator

from bridge.clock.tempo_map import TempoMap
from bridge.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN, ControlChange, NoteOff, NoteOn, decode
from bridge.music.note import Voice
from bridge.wire.player import Player

Finger = tuple[int, int]
"""Channel and pitch of a key of the player."""


class Harmonist:
    """Plays through the player; `ids` numbers its notes apart from those of the plan."""

    def __init__(self, player: Player, ids: Iterator[int]) -> None:
        self._player = player
        self._ids = ids
        self._voice = Voice.CHORDS
        self._table: tuple[tuple[int, ...], ...] = ()
        self._level = 1.0
        self._called: dict[Finger, tuple[tuple[Voice, int], ...]] = {}
        self._pedals: set[int] = set()
        self._waiting: set[Finger] = set()

    def follow(self, voice: Voice, table: tuple[tuple[int, ...], ...], level: float) -> None:
        """From now on every pitch calls for the pitches of its row, with `level` times its velocity; () for none."""
        self._voice, self._table, self._level = voice, table, level

    def hear(self, data: bytes, now: float, map: TempoMap) -> None:
        """A message of the player came in."""
        match decode(data):
            case NoteOn(channel, pitch, velocity):
                self._lift((channel, pitch), now, map)
                self._press((channel, pitch), velocity, now, map)
            case NoteOff(channel, pitch) if channel in self._pedals:
                self._waiting.add((channel, pitch))
            case NoteOff(channel, pitch):
                self._lift((channel, pitch), now, map)
            case ControlChange(channel, control, value) if control == SUSTAIN:
                self._pedal(channel, value >= 64, now, map)
            case ControlChange(control=control) if control in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                self.let_go(now, map)  # a DAW says this at every stop and loop: the player's keys are up
            case _:
                pass

    def let_go(self, now: float, map: TempoMap) -> None:
        """The player's port went away, or everything is to be silent: no key is down any more."""
        self._pedals.clear()
        self._waiting.clear()
        for finger in list(self._called):
            self._lift(finger, now, map)

    @property
    def called(self) -> int:
        """Keys that have harmony under them now."""
        return len(self._called)

    def _press(self, finger: Finger, velocity: int, now: float, map: TempoMap) -> None:
        if not self._table:
            return
        loud = min(max(round(velocity * self._level), 1), 127)
        notes = tuple((self._voice, pitch) for pitch in self._table[finger[1]])
        held = {note for others in self._called.values() for note in others}
        self._called[finger] = notes
        for voice, pitch in notes:
            if (voice, pitch) not in held:
                self._player.touch(next(self._ids), voice, pitch, loud, now, map)

    def _lift(self, finger: Finger, now: float, map: TempoMap) -> None:
        self._waiting.discard(finger)
        notes = self._called.pop(finger, ())
        held = {note for others in self._called.values() for note in others}
        for voice, pitch in notes:
            if (voice, pitch) not in held:
                self._player.let_go(voice, pitch, now, map)

    def _pedal(self, channel: int, down: bool, now: float, map: TempoMap) -> None:
        if down:
            self._pedals.add(channel)
            return
        self._pedals.discard(channel)
        for finger in [finger for finger in self._waiting if finger[0] == channel]:
            self._lift(finger, now, map)
