"""No music program: what the desk talks to where none is wanted."""

from bridge.daw.base import Can, Lane


class NullLane(Lane):
    """Does nothing, costs nothing."""

    name = "none"
    title = "no music program"
    can = Can.NOTHING

    async def connect(self) -> None:
        """There is nothing to open."""

    def poll(self, time: float) -> None:
        """There is nothing to see."""

    def close(self) -> None:
        """There is nothing to close."""
