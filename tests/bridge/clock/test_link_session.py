import sys

import pytest

from bridge.clock.link_session import LinkSession
from bridge.errors import ClockError


def test_without_the_extra_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(ClockError, match=r'-m pip install "LinkPython-extern>=1.3,<2" \(GPL-2.0-or-later\)'):
        LinkSession(120.0)


def test_a_build_without_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(ClockError, match="this build comes without it"):
        LinkSession(120.0)


def test_nothing_of_link_is_loaded_before_somebody_joins() -> None:
    assert "link" not in sys.modules
