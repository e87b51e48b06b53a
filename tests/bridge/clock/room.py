"""A Link session without a network: rooms with a beat, and places in them that count as Link's do."""

import math
from collections.abc import Callable

from bridge.clock.link import Seen


def next_in_phase(beat: float, like: float, quantum: float) -> float:
    """The first beat at or after `beat` at the place in the bar that `like` has."""
    return beat + (like - beat) % quantum


def nearest_in_phase(beat: float, like: float, quantum: float) -> float:
    """The beat nearest to `beat` at the place in the bar that `like` has."""
    return next_in_phase(beat - quantum / 2.0, like, quantum)


class Room:
    """What a session shares: a line of beats, who is there, and what was started last."""

    def __init__(self, bpm: float = 120.0, beat: float = 0.0, time: float = 0.0) -> None:
        self.bpm = bpm
        self.line = (time * 1e6, beat)
        self.here: list[Place] = []

    def beat_at(self, micros: float) -> float:
        """The room's beat, at a time of Link's clock."""
        return self.line[1] + (micros - self.line[0]) * self.bpm / 60e6

    def turn(self, bpm: float, micros: float) -> None:
        """Play on at another tempo."""
        self.line = (micros, self.beat_at(micros))
        self.bpm = bpm

    def play(self, playing: bool, micros: int, who: "Place | None" = None) -> None:
        """Start or stop those who share that."""
        for place in self.here:
            if place is who or ((who is None or who.shares) and place.shares):
                place.playing, place.since = playing, micros


class Place:
    """Somebody's place in a room (`bridge.clock.link.Session`), whose clock reads `now` times `pace` plus `ahead`."""

    def __init__(self, room: Room, now: Callable[[], float], pace: float = 1.0, ahead: float = 0.0) -> None:
        self.now = now
        self._pace, self._ahead = pace, ahead
        self.room = room
        self.playing = self.shares = False
        self.since = 0
        self.proposed: list[float] = []
        self._offset = 0.0
        room.here.append(self)

    def micros(self) -> int:
        return round((self.now() * self._pace + self._ahead) * 1e6)

    def meet(self, room: Room) -> None:
        """An older session has been found: it is ours from now on, our count goes on nearly where it is."""
        beat = self.room.beat_at(self.micros()) + self._offset
        self.room.here.remove(self)
        self.room = room
        room.here.append(self)
        self._offset = beat - room.beat_at(self.micros())

    def _beat(self, micros: float, quantum: float) -> float:
        session = self.room.beat_at(micros)
        return nearest_in_phase(session + self._offset, session, quantum)

    def look(self, micros: int, quantum: float) -> Seen:
        beat = self._beat(micros, quantum)
        return Seen(beat, self.room.bpm, self.playing, self.since, len(self.room.here) - 1)

    def place(self, beat: float, micros: int, quantum: float) -> None:
        if len(self.room.here) == 1:
            self.room.line = (micros, beat)
            self._offset = 0.0
            return
        here = self._beat(micros, quantum)
        wait = next_in_phase(here, beat, quantum) - here
        self._offset = beat - wait - self.room.beat_at(micros)

    def start(self, beat: float, micros: int, quantum: float, sounds: float) -> None:
        self.place(beat, micros, quantum)
        wait = (sounds - self._beat(micros, quantum)) * 60e6 / self.room.bpm
        self.room.play(True, math.ceil(micros + wait), self)

    def stop(self, micros: int) -> None:
        self.room.play(False, micros, self)

    def propose(self, bpm: float, micros: int) -> None:
        self.proposed.append(bpm)
        self.room.turn(bpm, micros)

    def start_stop(self, on: bool) -> None:
        self.shares = on

    def leave(self) -> None:
        self.room.here.remove(self)
