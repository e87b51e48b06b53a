"""The page, as a player uses it: a real daemon, a real browser without a window."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.browser import CONTRAST, IN_SIGHT, MISPLACED, NAMELESS, SMALL, UNFOCUSED, WAIT, marks, visit, wait_until
from tests.live.daemon import Daemon

SHOTS = os.environ.get("ANTIPHON_SHOTS")
"""Folder for screenshots, where somebody wants to look at them."""

pytestmark = marks


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    config = tmp_path / "config.toml"
    config.write_text('[midi]\nsystem = "loopback"\n[osc]\nport = 0\n[page]\nport = 0\n')
    daemon = Daemon(tmp_path / "home", ["run", "--config", str(config)])
    try:
        daemon.wait_for("page: http", WAIT)
        yield daemon
    finally:
        daemon.end()


def test_a_player_without_a_keyboard_jams_on_the_page(daemon: Daemon) -> None:
    with visit(daemon) as seen:
        page, value = seen.page, seen.value
        page.locator("#tour-next").wait_for()
        for _ in range(4):
            page.click("#tour-next")
        assert not page.locator("#tour").is_visible()

        # It plays: by the computer's keys, and on the screen; the band answers, and all is in the roll.
        page.click("#play")
        page.locator("#play[aria-pressed=true]").wait_for()
        blank = page.evaluate("document.getElementById('roll').toDataURL().length")
        time.sleep(2.2)  # the count-in
        for key in "asdfghgfdsad":
            page.keyboard.down(key)
            time.sleep(0.18)
            page.keyboard.up(key)
        page.locator(".key[data-pitch='64']").click()
        wait_until(lambda: value("status/notes"), "the band never answered")
        assert page.evaluate("document.getElementById('roll').toDataURL().length") > blank
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/page-wide.png")

        # A knob by the arrow keys, by typing and by dragging; the table follows, and the page follows the table.
        page.click("#tab-playing")
        knob = page.get_by_role("slider", name="temperature", exact=True)
        before = value("temperature")
        knob.focus()
        for _ in range(5):
            page.keyboard.press("ArrowUp")
        wait_until(lambda: value("temperature") != before, "the knob did not turn")
        knob.dblclick()
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        wait_until(
            lambda: value("temperature") == pytest.approx(0.5, abs=0.01), "the value that was typed is not there"
        )
        assert knob.get_attribute("aria-valuetext") == "0.5"
        box = knob.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 25, box["y"] + 25)
        page.mouse.down()
        page.mouse.move(box["x"] + 25, box["y"] - 60, steps=6)
        page.mouse.up()
        wait_until(lambda: float(str(value("temperature"))) > 0.7, "the drag did not turn it")
        page.get_by_role("switch", name="drums on").click()
        wait_until(lambda: value("voice/drums/on") is False, "the switch did nothing")

        # The simple sound can be had, and given up.
        page.click("#sound")
        page.locator("#sound[aria-pressed=true]").wait_for()
        page.keyboard.press("k")
        page.click("#sound")
        page.locator("#sound[aria-pressed=false]").wait_for()

        # Snapshots, where the band has them: store, turn, recall.
        slot = page.get_by_role("button", name="Snapshot A: empty, store")
        if slot.count():
            slot.click()
            page.get_by_role("button", name="Snapshot A: recall, or with Shift store anew").wait_for()

        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(CONTRAST) == []

        # Panic, by the key that is always there; and the end.
        page.keyboard.press("Escape")
        page.click("#panic")
        page.click("#play")
        page.locator("#play[aria-pressed=false]").wait_for()
        page.set_viewport_size({"width": 400, "height": 800})
        time.sleep(0.3)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.locator("#panic").is_visible()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/page-narrow.png")
        assert not seen.wrong, seen.wrong
    assert daemon.process.poll() is None


def test_panic_is_in_sight_on_a_screen_of_any_width_wherever_the_page_is_scrolled_to(daemon: Daemon) -> None:
    with visit(daemon) as seen:
        page = seen.page
        page.locator("#tour").wait_for()
        page.click("#play")  # the tour does not stand in the way
        page.locator("#play[aria-pressed=true]").wait_for()
        for width in (320, 360, 390, 480, 600, 641, 700, 768, 820, 900, 1020, 1021, 1180, 1280, 1366, 1920, 2560):
            for height in (400, 640, 900):
                page.set_viewport_size({"width": width, "height": height})
                for place in ("0", "document.documentElement.scrollHeight"):
                    page.evaluate(f"scrollTo(0, {place})")
                    assert page.evaluate(IN_SIGHT, "panic"), (width, height, place)
                    assert page.evaluate(IN_SIGHT, "play"), (width, height, place)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.focus("#tour-next")
        page.keyboard.press("Escape")
        assert not page.locator("#tour").is_visible()
        assert not seen.wrong, seen.wrong


def test_everybody_can_find_reach_and_read_everything_on_a_screen_of_any_width(daemon: Daemon) -> None:
    with visit(daemon) as seen:
        page = seen.page
        page.click("#tour-skip")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            for tab in page.get_by_role("tab").all():
                tab.click()
                for check in (NAMELESS, CONTRAST, MISPLACED, SMALL):
                    assert page.evaluate(check) == [], (width, tab.text_content())
            page.focus("#play")
            parts = ["top"]
            while page.evaluate("document.activeElement !== document.body") and len(parts) < 200:
                parts.append(page.evaluate("document.activeElement.closest('section, header, footer').className"))
                page.keyboard.press("Tab")
                assert page.evaluate(UNFOCUSED) == ""
            assert list(dict.fromkeys(parts)) == [
                "top",
                "roll",
                "phrases",
                "voices",
                "knobs",
                "pad",
                "hands",
                "log",
                "",
            ]
            # The panel of likes takes the focus, and gives it back.
            page.click("#taste-open")
            for check in (NAMELESS, CONTRAST, MISPLACED, SMALL):
                assert page.evaluate(check) == [], (width, "taste")
            assert page.evaluate("document.activeElement.id") == "taste-close"
            page.keyboard.press("Escape")
            assert not page.locator("#taste").is_visible()
            assert page.evaluate("document.activeElement.id") == "taste-open"
        assert not seen.wrong, seen.wrong
