"""The models: which packs are there and for which voices, and how long they have kept silent about what they owe."""

from collections.abc import Collection

from bridge.music.note import Voice


class Models:
    """What is known of the packs in the engine, by their names; "" is the one that the voices play with by default."""

    def __init__(self) -> None:
        self._served: dict[str, Collection[Voice]] = {}
        self._ever: set[tuple[str, Voice]] = set()
        self._alive: float | None = None

    def ready(self, pack: str, voices: Collection[Voice]) -> None:
        """A pack is there, and plays these voices."""
        self._served[pack] = voices
        self._ever |= {(pack, voice) for voice in voices}

    def lost(self) -> None:
        """The engine is gone, and every pack with it."""
        self._served.clear()

    def serve(self, pack: str, voices: Collection[Voice]) -> bool:
        """Whether a pack is there that plays all of these voices."""
        return set(voices) <= set(self._served.get(pack, ()))

    def ever_served(self, pack: str, voice: Voice) -> bool:
        """Whether a pack has been there for a voice since the start."""
        return (pack, voice) in self._ever

    def asked(self, seconds: float) -> None:
        """Something was asked; where nothing was owed before, the silence is counted from here."""
        if self._alive is None:
            self._alive = seconds

    def spoke(self, seconds: float) -> None:
        """Something of an answer came."""
        self._alive = seconds

    def silent(self, seconds: float, owing: bool) -> float:
        """Seconds without a sign of life while an answer is owed (0: none is)."""
        if not owing:
            self._alive = None
        return 0.0 if self._alive is None else seconds - self._alive
