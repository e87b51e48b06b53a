import asyncio
import sys

import pytest

from bridge.errors import WebError
from bridge.web.advertise import Advert, _addresses


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    with pytest.raises(WebError, match=r"antiphon\[discover\]"):
        asyncio.run(Advert("127.0.0.1", 9272, 9270).start())


def test_what_was_never_made_known_is_taken_back_without_a_word() -> None:
    asyncio.run(Advert("127.0.0.1", 9272, None).stop())


def test_who_finds_us_is_given_an_address_that_can_be_reached() -> None:
    assert _addresses("127.0.0.1") == ["127.0.0.1"]
    assert _addresses("192.168.1.7") == ["192.168.1.7"]
    assert "0.0.0.0" not in _addresses("0.0.0.0")
