"""The page, as a player uses it: a real daemon, a real browser without a window."""

import json
import os
import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live.daemon import Daemon

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT = 15.0
SHOTS = os.environ.get("ANTIPHON_SHOTS")
"""Folder for screenshots, where somebody wants to look at them."""

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt install chromium)"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

CONTRAST = """() => {
  const parse = (text) => (text.match(/[0-9.]+/g) ?? []).map(Number);
  const part = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [13, 15, 19];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(".unseen, option")) continue;
    const [one, other] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) poor.push(`${node.className || node.tagName}: ${node.textContent.trim()} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
NAMELESS = """() => [...document.querySelectorAll("button, select, input, textarea, [role=slider], [role=switch]")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() || node.closest("label")))
  .map((node) => node.outerHTML)"""


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


def wait_until(holds: Callable[[], object], what: str) -> None:
    until = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def test_a_player_without_a_keyboard_jams_on_the_page(daemon: Daemon) -> None:
    found = re.search(r"page: (http://\S+)", daemon.said)
    assert found is not None
    url = found[1]

    def value(path: str) -> object:
        with urllib.request.urlopen(f"{url}/antiphon/{path}?VALUE") as answer:
            return json.load(answer)["VALUE"][0]

    with (
        playwright.sync_playwright() as player,
        player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        ) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        wrong: list[str] = []
        page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url)
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
        assert not wrong, wrong
    assert daemon.process.poll() is None
