"""Making OSCQuery and OSC known on the network by zeroconf (DNS-SD), for programs that look for such."""

import ipaddress
import socket
from typing import Any

from bridge import __version__
from bridge.errors import WebError
from bridge.web.guard import is_loopback

OSC_JSON = "_oscjson._tcp.local."
OSC = "_osc._udp.local."


class Advert:
    """Our names on the network, from `start` to `stop`; `osc_port` None: OSC is off."""

    def __init__(self, host: str, port: int, osc_port: int | None) -> None:
        self._host = host
        self._services = [(OSC_JSON, port)] + ([(OSC, osc_port)] if osc_port is not None else [])
        self._zeroconf: Any = None

    async def start(self) -> None:
        """Make them known. Raises WebError where the extra is missing or the network will not have it."""
        try:
            from zeroconf import NonUniqueNameException
            from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
        except ImportError:
            raise WebError(
                "to be found on the network takes zeroconf: pip install 'antiphon[discover]', or set advertise = "
                "false under [page]"
            ) from None
        addresses = _addresses(self._host)
        try:
            self._zeroconf = AsyncZeroconf(interfaces=addresses)
            name, properties = f"Antiphon on {socket.gethostname()}", {"version": __version__}
            for kind, port in self._services:
                info = AsyncServiceInfo(
                    kind, f"{name}.{kind}", port=port, parsed_addresses=addresses, properties=properties
                )
                await (await self._zeroconf.async_register_service(info, allow_name_change=True))
        except (OSError, NonUniqueNameException) as error:
            reason = f"the network does not take our name ({error})"
            raise WebError(f"{reason}; set advertise = false under [page]") from None

    async def stop(self) -> None:
        """Take them back."""
        if self._zeroconf is not None:
            await self._zeroconf.async_unregister_all_services()
            await self._zeroconf.async_close()
            self._zeroconf = None


def _addresses(host: str) -> list[str]:
    """The addresses that one who finds us can use."""
    if is_loopback(host) and host != "localhost":
        return [host]
    try:
        if not ipaddress.ip_address(host).is_unspecified:
            return [host]
    except ValueError:
        pass
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted(str(address) for address in found)
