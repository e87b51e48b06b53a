"""Two clocks that count the same seconds, nearly: where one of them is when the other reads so much.

A JACK server's frames, the system's monotonic clock and the raw one that Link goes by drift apart, by 0.25 % at
worst. The offset is measured again and again and followed by a line: a second-order loop like the one in `dll`, whose
first measurements weigh as in a least-squares fit, for measurements at any intervals.
"""

import math

PHASE = 0.2
"""Weight of a measurement in the offset, once the loop is settled: some five are averaged. Readings are good to a few
hundredths of a millisecond, while a JACK server on a busy machine changes its pace from one second to the next."""
PACE = PHASE * PHASE / 2.0
"""Its weight in the drift."""
FASTEST = 0.01
"""The most drift there can be; more is a mistake."""
STEP = 0.002
"""Seconds off the line at which a measurement may be a step of one of the clocks."""
STUBBORN = 3
"""Measurements in a row that make it one."""
DOUBT = 0.0002
"""Seconds of uncertainty above which a measurement is passed over."""
PATIENCE = 20
"""Measurements passed over in a row after which one is taken as it is."""


class Timebase:
    """Maps seconds of our clock (`here`) to another's (`there`)."""

    def __init__(self) -> None:
        self._age = 0
        self._here = 0.0
        self._offset = 0.0
        self._drift = 0.0
        self._square = 0.0
        self._far = 0
        self._passed = 0

    @property
    def rate(self) -> float:
        """Seconds there that pass in one here."""
        return 1.0 + self._drift

    @property
    def error(self) -> float:
        """Root mean square of the last measurements' distance from the line, in seconds."""
        return math.sqrt(self._square)

    def there(self, here: float) -> float:
        """The other clock's reading at one of ours."""
        return here + self._offset + self._drift * (here - self._here)

    def here(self, there: float) -> float:
        """Our clock's reading at one of the other's."""
        return self._here + (there - self._here - self._offset) / self.rate

    def measure(self, here: float, there: float, doubt: float = 0.0) -> None:
        """Take two readings of one moment; they may be off each other by `doubt` seconds."""
        if self._age == 0:
            self._begin(here, there)
            return
        if here <= self._here:
            return
        if doubt > DOUBT and self._passed < PATIENCE:
            self._passed += 1
            return
        self._passed = 0
        error = there - self.there(here)
        self._far = self._far + 1 if abs(error) > STEP else 0
        if self._far >= STUBBORN:
            self._begin(here, there)
        elif not self._far:
            self._correct(here, error)

    def _begin(self, here: float, there: float) -> None:
        self._age, self._far = 1, 0
        self._here, self._offset = here, there - here

    def _correct(self, here: float, error: float) -> None:
        young = (self._age + 1) * (self._age + 2)
        phase = max(2.0 * (2 * self._age + 1) / young, PHASE)
        pace = max(6.0 / young, PACE)
        passed = here - self._here
        self._offset = self.there(here) - here + phase * error
        self._drift = min(max(self._drift + pace * error / passed, -FASTEST), FASTEST)
        self._here = here
        self._square += (error * error - self._square) / min(self._age, 50)
        self._age += 1
