"""The player of a texture: keeps the feed filled while the scene wants sound, and measures what that costs."""

from collections.abc import Callable
from typing import Final

from bridge.sound.bands import HOP
from bridge.sound.feed import Feed
from bridge.sound.outputs import Output
from bridge.sound.scene import Report, Scene
from bridge.sound.texture import LEAD, Texture

REPORT: Final = 1.0
"""Seconds from one report to the next."""
PATIENCE: Final = 0.25
"""Seconds that there is nothing to do, at most, while there is no sound."""
WAIT: Final = HOP / 4
"""The same while there is."""


class Player:
    """Plays `texture` into `output`; `now` reads `perf_counter`, and all is done by the thread that calls `step`."""

    def __init__(self, texture: Texture, output: Output, now: Callable[[], float]) -> None:
        self._texture = texture
        self._output = output
        self._now = now
        self._feed = Feed(output.rate)
        self._scene = Scene()
        self._work = self._made = self._worst = 0.0
        self._reported = now()
        output.start(self._feed.pull)

    def follow(self, scene: Scene) -> None:
        """Play another scene from the next block on; one without sound fades out what is ready."""
        self._scene = scene
        if scene.sounding:
            self._feed.open()
        else:
            self._feed.shut()

    def step(self) -> float:
        """Make a block, if one is wanted; returns the seconds until there may be more to do. Raises PackError."""
        if not self._feed.hungry:
            return WAIT if self._scene.sounding else PATIENCE
        began = self._now()
        heard = began + self._feed.ready / self._feed.rate + self._output.latency + LEAD
        self._feed.put(self._texture.block(self._scene, self._scene.map.beat_at(heard)))
        spent = self._now() - began
        self._work += spent
        self._made += HOP
        self._worst = max(self._worst, spent / HOP)
        return 0.0

    def report(self) -> Report | None:
        """How it fares, once a second; None in between."""
        if self._now() - self._reported < REPORT:
            return None
        feed = self._feed
        heard = Report(
            sounding=not feed.silent,
            underruns=feed.underruns,
            xruns=self._output.xruns,
            load=round(self._work / self._made, 4) if self._made else 0.0,
            worst=round(self._worst, 4),
            ahead_ms=round(feed.ready / feed.rate * 1000, 1),
            peak=round(feed.peak, 4),
        )
        self._reported, self._work, self._made, feed.peak = self._now(), 0.0, 0.0, 0.0
        return heard

    @property
    def lost(self) -> bool:
        """Whether the output has gone away."""
        return self._output.lost

    def close(self) -> None:
        """End the output."""
        self._output.close()
