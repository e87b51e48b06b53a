"""The number that everything heard carries, so that desk and engine know what they have heard already."""

from collections.abc import Iterator

AHEAD = 1000
"""Numbers that are left out: the last that a dead wire gave may have reached the engine and not the desk."""


class Count(Iterator[int]):
    """Counts up from 1."""

    def __init__(self) -> None:
        self._last = 0

    def __next__(self) -> int:
        self._last += 1
        return self._last

    def go_on(self, heard: int) -> None:
        """Count on from the highest number that is known of a count before this one; never back."""
        self._last = max(self._last, heard + AHEAD)
