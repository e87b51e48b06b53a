import pytest

from bridge.web.guard import Guard, host_name, is_loopback

OURS = "127.0.0.1:9272"


@pytest.mark.parametrize("host", ["127.0.0.1:9272", "localhost:9272", "LOCALHOST", "[::1]:9272"])
def test_our_own_names_are_let_in(host: str) -> None:
    assert not Guard("127.0.0.1").refuses(host, None)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:9272", "192.168.1.7:9272", "", None, "[::1", "\0"]
)
def test_a_name_that_a_website_made_point_here_is_refused(host: str | None) -> None:
    assert "not" in Guard("127.0.0.1").refuses(host, None)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1", "file://"]
)
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    assert "may not" in Guard("127.0.0.1").refuses(OURS, origin)


def test_our_own_page_is_let_in_under_each_of_our_names() -> None:
    guard = Guard("127.0.0.1")
    for host in (OURS, "localhost:9272", "localhost:8000"):  # the last one through a tunnel
        assert not guard.refuses(host, f"http://{host}")


def test_on_the_network_an_address_is_enough_but_a_foreign_name_is_not() -> None:
    guard = Guard("0.0.0.0")
    assert not guard.refuses("192.168.1.7:9272", None)
    assert guard.refuses("rebound.example:9272", None)


def test_every_run_has_a_token_of_its_own_and_knows_no_other() -> None:
    one, other = Guard("127.0.0.1"), Guard("127.0.0.1")
    assert one.knows(one.token)
    for wrong in (other.token, "", None, 7, "ä"):
        assert not one.knows(wrong)


def test_what_is_loopback_is_told_from_what_is_not() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("studio.local")
    assert host_name("[fe80::1]:80") == "fe80::1"
