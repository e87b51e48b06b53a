import asyncio

from bridge.settings import Osc, Page
from bridge.web.side import WebSide
from tests.bridge.web.home import Home, in_loop


@in_loop
async def test_the_page_is_where_it_says_and_gone_when_it_is_stopped() -> None:
    side = WebSide(Home(), Page(port=0), Osc(), print)
    await side.start()
    port = int(side.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await side.stop()
    assert not side.url


@in_loop
async def test_a_page_that_cannot_be_served_is_told_and_no_reason_not_to_play() -> None:
    told: list[str] = []
    first, second = WebSide(Home(), Page(port=0), Osc(), told.append), None
    await first.start()
    second = WebSide(Home(), Page(port=int(first.url.rpartition(":")[2])), Osc(), told.append)
    await second.start()
    assert not second.url
    assert "the band plays on" in told[0]
    await second.stop()
    await first.stop()
