"""A lane without a program: it is found when a test says so, and keeps what it is given."""

from bridge.daw.base import Can, Clip, Lane, Track, track_called
from bridge.errors import DawError


class FakeLane(Lane):
    """Takes and gives clips, on the tracks that it was made with."""

    name = "fake"
    title = "Fake"
    can = Can.TRACKS | Can.WRITE | Can.READ

    def __init__(self, *tracks: str) -> None:
        super().__init__()
        self.found = True
        self.clips: dict[tuple[str, int], Clip] = {}
        self._tracks = tuple(Track(index, name, free_slot=0) for index, name in enumerate(tracks))

    async def connect(self) -> None: ...

    def poll(self, time: float) -> None: ...

    def close(self) -> None:
        self.found = False

    async def tracks(self) -> tuple[Track, ...]:
        return self._tracks

    async def write_clip(self, track: str, clip: Clip, slot: int | None = None, fire: bool = False) -> str:
        place = track_called(track, self._tracks, self.title)
        self.clips[place.name, slot or 0] = clip
        return f"{place.name}, slot {(slot or 0) + 1}"

    async def read_clip(self, track: str, slot: int) -> Clip:
        if (track, slot) not in self.clips:
            raise DawError("there is no clip")
        return self.clips[track, slot]
