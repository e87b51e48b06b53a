"""Glides: values that follow a hand smoothly, where its control has coarse steps."""

import math

import msgspec

THERE = 0.0005
"""Part of the way from the goal at which a glide is over."""
FIRST = 0.02
"""Seconds that the first step of a way counts for, so that a hand is felt at once."""


class Move(msgspec.Struct):
    """A value on its way: places as parts of the way, `constant` in seconds."""

    place: float
    goal: float
    constant: float
    source: str
    then: float


class Step(msgspec.Struct, frozen=True):
    """Where a value is to be now, and on whose behalf."""

    path: str
    place: float
    source: str


class Glides:
    """Every value that is on its way, by the path of its parameter."""

    def __init__(self) -> None:
        self._moves: dict[str, Move] = {}

    def aim(self, path: str, place: float, goal: float, constant: float, source: str, time: float) -> None:
        """Let a value that is at `place` go to `goal` from `time` on, or go on to there; its first step is at once."""
        move = self._moves.get(path)
        if move is None:
            self._moves[path] = Move(place, goal, constant, source, time - FIRST)
        else:
            move.goal, move.constant, move.source = goal, constant, source

    def goal(self, path: str) -> float | None:
        """Where a value is going; None where it stands still."""
        move = self._moves.get(path)
        return None if move is None else move.goal

    def stop(self, path: str) -> None:
        """Somebody else has the value now."""
        self._moves.pop(path, None)

    def step(self, time: float) -> list[Step]:
        """Where every value is at `time`."""
        steps = []
        for path, move in list(self._moves.items()):
            passed = max(time - move.then, 0.0)
            move.then = time
            move.place += (move.goal - move.place) * (1.0 - math.exp(-passed / move.constant))
            if abs(move.goal - move.place) <= THERE:
                move.place = move.goal
                del self._moves[path]
            steps.append(Step(path, move.place, move.source))
        return steps

    def __len__(self) -> int:
        return len(self._moves)
