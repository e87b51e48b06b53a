"""The listener: what the player is doing, and what it says about key, register, loudness and density."""

import itertools
import math
from collections import deque

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.jam.ear import Ear
from bridge.music.foresight import odds
from bridge.music.key import Key, key_odds, likeliest

KEY_MEMORY = 24.0
"""Beats after which a note counts half for the key."""
KEY_NOTES = 4
"""Notes before a key is named at all."""
LEANT_ON = 0.06
"""Share of the sounding time from which a pitch class outside the scale is the player's own colour."""
SHARED = 0.75
"""Probability of belonging to the key from which a pitch class is safe."""
REST = 1.0
"""Beats of silence before a key that make it an entry."""
REGULAR = 0.25
"""Beats that two entries may be off from whole bars apart to count as regular."""
RECENT = 64
"""Notes that loudness, register and density are taken from."""
PLAYED = 512
"""Notes that phrases are taken from."""
HOLD_COUNTS = 2.0
"""Beats of a long note that count for the key; a drone must not drown the tune."""


class Played(msgspec.Struct):
    """A note of the player; `end` is None while the key is down."""

    beat: float
    pitch: int
    velocity: int
    end: float | None = None


class Listener:
    """Follows the player's keys and pedals on all 16 channels, in stage beats."""

    def __init__(self) -> None:
        self._down: dict[tuple[int, int], Played] = {}
        self._pedals: set[int] = set()
        self._weights = [0.0] * 12
        self._weighed_at = 0.0
        self._last = -math.inf
        self.recent: deque[Played] = deque(maxlen=RECENT)
        self.played: deque[Played] = deque(maxlen=PLAYED)
        """What was played since the music began or jumped, in the order of the keys."""
        self.notes = 0
        """Notes heard since the start."""
        self._entries: deque[float] = deque(maxlen=2)
        self._named: tuple[str | None, Key] | None = None
        """The key that was found last, until something else is played, and the scale it was looked for in."""
        self.ear = Ear()
        self._grounds: tuple[list[float], str | None] = ([], None)
        self._key: Key | None = None
        self._odds = odds({})

    def press(self, beat: float, channel: int, pitch: int, velocity: int) -> None:
        """A key went down; one that is down already is struck again."""
        if not self.busy and beat - self._last >= REST:
            self._entries.append(beat)
        self.release(beat, channel, pitch)
        note = Played(beat, pitch, velocity)
        self._down[channel, pitch] = note
        self._named = None
        self.ear.press(beat, pitch)
        self.recent.append(note)
        self.played.append(note)
        self.notes += 1
        self._last = max(self._last, beat)

    def release(self, beat: float, channel: int, pitch: int) -> None:
        """A key went up; one that was not down is no news."""
        note = self._down.pop((channel, pitch), None)
        if note is None:
            return
        note.end = max(beat, note.beat)
        if all(other != pitch for _, other in self._down):
            self.ear.release(beat, pitch)
        self._weigh(note)
        self._last = max(self._last, beat)

    def pedal(self, beat: float, channel: int, down: bool) -> None:
        """The sustain pedal of a channel moved."""
        if down:
            self._pedals.add(channel)
        elif channel in self._pedals:
            self._pedals.discard(channel)
            self._last = max(self._last, beat)

    def follow(self, beat: float, map: TempoMap, key: Key | None = None, scale: str | None = None) -> None:
        """Time has come to a stage beat, in a key or a scale that is told, or in the one that is heard."""
        heard = key or self.key(scale)
        self.ear.advance(beat, map.song, map.meter, heard, None if key is not None or heard is None else self._odds)

    def jump(self, beat: float, going_on: bool) -> None:
        """The bars have moved at a stage beat: where the player came in says nothing about what is to come.

        The harmony is still the same where the music is `going_on`, as in a DAW's loop.
        """
        self._entries.clear()
        if going_on:
            self.ear.jump(beat)
        else:
            self.ear.forget()

    def expected(self, bar: float) -> float | None:
        """Where a player who came in twice, whole bars of `bar` beats apart, will come in again."""
        if len(self._entries) < 2:
            return None
        first, last = self._entries
        bars = (last - first) / bar
        return last + (last - first) if abs(bars - round(bars)) * bar <= REGULAR else None

    def lift(self, beat: float) -> tuple[int, ...]:
        """Everything is let go: the port went away, or a panic. Returns the pitches that were down."""
        down = tuple(self._down)
        for channel, pitch in down:
            self.release(beat, channel, pitch)
        for channel in list(self._pedals):
            self.pedal(beat, channel, False)
        return tuple(pitch for _, pitch in down)

    @property
    def busy(self) -> bool:
        """Whether a key or a pedal is down."""
        return bool(self._down) or bool(self._pedals)

    @property
    def last(self) -> float:
        """Beat of the last thing the player did; minus infinity before the first."""
        return self._last

    def key(self, scale: str | None = None) -> Key | None:
        """The key of what was played (in this scale, if one is given), or None while too little was."""
        if self.notes < KEY_NOTES:
            return None
        grounds = (self._sounded(), scale)
        if grounds != self._grounds:  # it is asked for at every step, and costs more than all else there
            likely = key_odds(grounds[0], scale=scale)
            self._grounds, self._key = grounds, likeliest(likely)
            self._odds = odds(likely)
        return self._key

    def palette(self, key: Key | None = None, scale: str | None = None) -> tuple[int, ...]:
        """Pitch classes that are safe, rising: the scale of a key that is given, else what the likely keys share.

        Pitch classes that the player leans on are always among them. Empty while too little was played.
        """
        weights = self._sounded()
        total = sum(weights)
        leant_on = {index for index, weight in enumerate(weights) if total and weight / total >= LEANT_ON}
        if key is not None:
            return tuple(sorted(leant_on | set(key.pitch_classes)))
        if self.notes < KEY_NOTES:
            return ()
        likely = key_odds(weights, scale=scale).items()
        shared = [sum(chance for key, chance in likely if index in key.pitch_classes) for index in range(12)]
        return tuple(sorted(leant_on | {index for index, share in enumerate(shared) if share >= SHARED}))

    def velocity(self) -> float:
        """Mean velocity of the last phrase or two; 80 before anything was played."""
        heard = [note.velocity for note in list(self.recent)[-16:]]
        return sum(heard) / len(heard) if heard else 80.0

    def register(self) -> float:
        """Median pitch of what was played lately; 67 before anything was."""
        pitches = sorted(note.pitch for note in self.recent)
        return float(pitches[len(pitches) // 2]) if pitches else 67.0

    def density(self) -> float:
        """Onsets a beat over the last phrases, rests of more than two beats left out; 1 before there are any."""
        beats = [note.beat for note in self.recent]
        gaps = [min(later - earlier, 2.0) for earlier, later in itertools.pairwise(beats)]
        total = sum(gaps)
        return len(gaps) / total if total > 0 else 1.0

    def _sounded(self) -> list[float]:
        """Beats that each pitch class has sounded, older ones fading, keys that are down included."""
        weights = list(self._weights)
        for note in self._down.values():
            weights[note.pitch % 12] += 0.5
        return weights

    def _weigh(self, note: Played) -> None:
        self._named = None
        end = note.end if note.end is not None else note.beat
        fade = 0.5 ** (max(end - self._weighed_at, 0.0) / KEY_MEMORY)
        self._weights = [weight * fade for weight in self._weights]
        self._weighed_at = max(end, self._weighed_at)
        self._weights[note.pitch % 12] += min(max(end - note.beat, 0.125), HOLD_COUNTS)
