"""Two hours with the page open: neither the daemon nor the page grows, and while nothing plays hardly anything is used.

`ANTIPHON_PAGE_MINUTES` has it shorter, or longer.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from bridge.bench.usage import children, cpu_seconds, memory_mb
from tests.live.browser import CHROMIUM, visit, wait_until
from tests.live.daemon import Daemon

MINUTES = float(os.environ.get("ANTIPHON_PAGE_MINUTES", "120"))
IDLE = 60.0
"""Seconds for which nothing plays before it begins."""
APART = 30.0
"""Seconds from one look to the next."""
IDLE_PERCENT = 3.0
SETTLED = 0.25
"""Share of the run after which what remembers a bounded while is taken to be full."""
GROWTH = {"daemon_mb": 1.04, "heap_mb": 1.10, "nodes": 1.10}
"""What may be there at the end against what there was then."""
PHRASES = ("asdfg", "gfdsa", "dfghj", "kjhgf")


class Look(msgspec.Struct):
    """What was used at a moment: megabytes of the daemon's processes and of the page's heap, nodes of the page."""

    minute: float
    daemon_mb: float
    heap_mb: float
    nodes: float


def daemon_pids(daemon: Daemon) -> list[int]:
    """The desk and what it has started to make music."""
    roles = [
        pid for pid, line in children(daemon.process.pid).items() if any(f" {r} " in line for r in ("wire", "engine"))
    ]
    return [daemon.process.pid, *roles]


def idle_percent(pids: Sequence[int], seconds: float) -> float:
    """Percent of a core that some processes use, by their processor time."""
    began, before = time.monotonic(), sum(map(cpu_seconds, pids))
    time.sleep(seconds)
    return 100.0 * (sum(map(cpu_seconds, pids)) - before) / (time.monotonic() - began)


def per_hour(looks: Sequence[Look], name: str) -> float:
    """How much something grows in an hour, by the line that fits best."""
    slope, _ = np.polyfit([look.minute / 60.0 for look in looks], [getattr(look, name) for look in looks], 1)
    return float(slope)


def watch(page: Any, daemon: Daemon, minutes: float, say: Callable[[str], object] = print) -> list[Look]:
    """Have a human play a few keys every now and then, and look at what is used."""
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable")
    looks: list[Look] = []
    began = time.monotonic()
    while (minute := (time.monotonic() - began) / 60.0) < minutes:
        for key in PHRASES[len(looks) % len(PHRASES)]:
            page.keyboard.press(key, delay=120)
        page.get_by_role("slider", name="temperature", exact=True).press("ArrowUp" if len(looks) % 2 else "ArrowDown")
        time.sleep(APART)
        browser.send("HeapProfiler.collectGarbage")
        metrics = {each["name"]: each["value"] for each in browser.send("Performance.getMetrics")["metrics"]}
        try:
            megabytes = memory_mb(daemon_pids(daemon))
        except OSError:  # a machine that is busy beyond measure: the engine was replaced just now
            continue
        look = Look(minute, megabytes, metrics["JSHeapUsedSize"] / 2**20, metrics["Nodes"])
        looks.append(look)
        say(f"minute {minute:.1f}: {look.daemon_mb:.1f} MB, page {look.heap_mb:.2f} MB, {look.nodes:.0f} nodes")
    return looks


@pytest.mark.soak
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt install chromium)")
@pytest.mark.timeout(MINUTES * 60 + 600)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_with_the_page_open_for_hours_nothing_grows(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[midi]\nsystem = "loopback"\n[osc]\nport = 0\n[page]\nport = 0\n[knobs]\nmode = "continue"\n')
    daemon = Daemon(tmp_path / "home", ["run", "--config", str(config)])
    try:
        with visit(daemon, 900, 640) as seen:
            page, value = seen.page, seen.value
            page.click("#tour-skip")
            wait_until(lambda: value("status/provider") != "none", "no pack was loaded")
            page.click("#tab-playing")
            idle = idle_percent(daemon_pids(daemon), IDLE)
            print(f"idle with the page open: {idle:.2f} % of a core")
            page.click("#play")
            page.locator("#play[aria-pressed=true]").wait_for()
            looks = watch(page, daemon, MINUTES)
            assert not seen.wrong, seen.wrong
            assert value("status/notes") > 10 * MINUTES
        settled = [look for look in looks if look.minute >= MINUTES * SETTLED]
        print({name: f"{per_hour(settled, name):+.3f} an hour" for name in GROWTH})
        assert idle <= IDLE_PERCENT
        for name, growth in GROWTH.items():
            early, late = (np.median([getattr(look, name) for look in part]) for part in (settled[:5], settled[-5:]))
            assert late <= early * growth, name
    finally:
        daemon.end()
