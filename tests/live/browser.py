"""A browser without a window, and what it can be asked about the page."""

import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.live.daemon import Daemon

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT = 15.0

marks = [
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
"""Texts that are too faint on their ground."""
NAMELESS = """() => [...document.querySelectorAll("button, select, input, textarea, [role=slider], [role=switch]")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() || node.closest("label")))
  .map((node) => node.outerHTML)"""
"""Controls that nobody could tell to a blind person."""
MISPLACED = """() => {
  const wrong = [...document.querySelectorAll("[tabindex]")].filter((n) => n.tabIndex > 0).map((n) => n.outerHTML);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  wrong.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice #${id}`));
  for (const name of ["aria-labelledby", "aria-controls", "aria-describedby"])
    for (const node of document.querySelectorAll(`[${name}]`))
      wrong.push(...node.getAttribute(name).split(" ").filter((id) => !document.getElementById(id)));
  return wrong;
}"""
"""What the focus comes to out of its order, and names that lead nowhere."""
SMALL = """() => [...document.querySelectorAll("button, select, input, [role=switch], [role=slider]")]
  .filter((node) => node.checkVisibility() && !node.closest(".unseen"))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([node, box]) => `${node.getAttribute("aria-label") || node.textContent} ${box.width} x ${box.height}`)"""
"""Controls that a finger misses: under 24 by 24 pixels."""
IN_SIGHT = """(id) => {
  const node = document.getElementById(id);
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && node.contains(on);
}"""
"""Whether the whole of something can be seen, and nothing lies over it."""
UNFOCUSED = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  if (node === document.body) return "";
  return style.outlineStyle === "none" && style.boxShadow === "none" ? node.outerHTML : "";
}"""
"""What has the focus and does not show it; empty where it does."""


class Visit:
    """The page as it is seen; `wrong` lists what the browser complained of."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        page.on("console", lambda line: self.wrong.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def value(self, path: str) -> Any:
        """What the daemon says, by HTTP."""
        with urllib.request.urlopen(f"{self.url}/antiphon/{path}?VALUE") as answer:
            return json.load(answer)["VALUE"][0]


@contextmanager
def visit(daemon: Daemon, width: int = 1280, height: int = 800) -> Iterator[Visit]:
    """Open the page of a daemon."""
    daemon.wait_for("page: http", WAIT)
    url = daemon.said.partition("page: ")[2].split()[0]
    with (
        playwright.sync_playwright() as player,
        player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        ) as browser,
    ):
        seen = Visit(browser.new_page(viewport={"width": width, "height": height}), url)
        seen.page.goto(url)
        yield seen


def wait_until(holds: Callable[[], object], what: str, seconds: float = WAIT) -> None:
    """Wait until something holds. Fails with what did not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)
