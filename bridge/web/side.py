"""The daemon's web side: serves the page and makes it known, and is no reason not to play where it cannot."""

import asyncio
import importlib
from collections.abc import Callable

from bridge.errors import WebError
from bridge.settings import Osc, Page
from bridge.web.house import House

PARTS = ("bridge.web.server", "bridge.web.advertise")


class WebSide:
    """The page of a house, where the settings want one. What it is made of is read only then, beside the loop."""

    def __init__(self, house: House, page: Page, osc: Osc, tell: Callable[[str], object]) -> None:
        self._house = house
        self._settings = page
        self._osc = osc
        self._tell = tell
        self._stops: list[Callable[[], object]] = []
        self.url = ""
        """Where the page is; empty where there is none."""

    async def start(self) -> None:
        """Open the port; why it cannot be opened is told, and the band plays without a page."""
        server, advertise = [await asyncio.to_thread(importlib.import_module, part) for part in PARTS]
        settings, osc = self._settings, self._osc
        web = server.WebServer(
            self._house, self._tell, lambda: (_reached(osc.host), osc.port), settings.host, settings.port
        )
        try:
            await web.start()
            self._stops.append(web.stop)
            host, port = web.address
            self.url = f"http://{_bracketed(_reached(host))}:{port}"
            if settings.advertise:
                known = advertise.Advert(host, port, osc.port if osc.enabled else None)
                self._stops.append(known.stop)
                await known.start()
        except WebError as error:
            self._tell(f"{error}; the band plays on")

    async def stop(self) -> None:
        """Close it."""
        self.url = ""
        while self._stops:
            await self._stops.pop()()  # type: ignore[misc]


def _reached(host: str) -> str:
    """Where one who is here reaches what listens on an address."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
