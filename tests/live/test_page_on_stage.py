"""The page in a performer's hands: a knob of the hardware, presets, snapshots and panic, heard by another program."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.midi.messages import ALL_NOTES_OFF, ControlChange, NoteOff, NoteOn, decode
from tests.live.browser import WAIT, Visit, marks, visit, wait_until
from tests.live.conftest import JackServer
from tests.live.daemon import Daemon
from tests.live.outside import Outside

pytestmark = [*marks, pytest.mark.timeout(240)]

TRANSPOSE = "voice/lead/transpose"
ROUND = 5.0
"""Seconds: four bars at 240 BPM, and a little."""
CONFIG = """
[midi]
system = "jack"
controls = 2
[osc]
port = 0
[page]
port = 0
[knobs]
mode = "free"
tempo = 240
count_in = 0
"voice/chords/on" = false
"voice/bass/on" = false
"voice/drums/on" = false
recall_when = "now"
"""


@pytest.fixture
def stage(jack_server: JackServer, tmp_path: Path) -> Iterator[tuple[Daemon, Outside]]:
    """A daemon whose lead another program hears, and whose second control port that program's knob turns."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    daemon = Daemon(tmp_path / "home", ["run", "--config", str(config)], jack_server.env)
    try:
        with Outside(jack_server.name) as outside:
            daemon.wait_for("page: http", WAIT)
            wait_until(lambda: "Antiphon:control 2" in jack_server.lsp(), "no ports")
            for cable in (("Antiphon:lead", "outside:ear"), ("outside:hand", "Antiphon:control 2")):
                subprocess.run(["jack_connect", *cable], env=jack_server.env, check=True, capture_output=True)
            yield daemon, outside
    finally:
        daemon.end()


def knob(outside: Outside, *places: int) -> None:
    """Turn the hardware's knob through these places."""
    outside.play(*(bytes((0xB0, 74, place)) for place in places))


def pitches(outside: Outside, seconds: float) -> set[int]:
    """The pitches that the lead plays from now on, for so long."""
    before = len(outside.messages())
    time.sleep(seconds)
    heard = map(decode, outside.messages()[before:])
    return {message.pitch for message in heard if isinstance(message, NoteOn)}


def moved(sounding: set[int], semitones: int) -> set[int]:
    return {pitch + semitones for pitch in sounding}


def wait_for(seen: Visit, path: str, wanted: object) -> None:
    wait_until(lambda: seen.value(path) == wanted, f"{path} is {seen.value(path)}, not {wanted}")


def test_a_performer_learns_a_knob_turns_it_saves_reloads_recalls_morphs_and_panics(
    stage: tuple[Daemon, Outside],
) -> None:
    daemon, outside = stage
    with visit(daemon) as seen:
        page = seen.page
        page.click("#tour-skip")
        page.click("#play")
        wait_until(lambda: len(outside.messages()) > 16, "the lead never played")
        # What it plays is repeated, so that what a knob does to it can be heard to the note.
        page.get_by_role("button", name="Freeze", exact=True).click()
        wait_for(seen, "freeze", True)
        time.sleep(3.0)
        plain = pitches(outside, ROUND)
        assert len(plain) > 2

        # Learn: arm, move, bound.
        page.click("#tab-voices")
        lesson = page.get_by_role("button", name="learn a control for lead transpose")
        lesson.click()
        page.get_by_text(f"Move the control for {TRANSPOSE} now").wait_for()
        knob(outside, 60, 61, 62, 63, 64)
        page.locator("button[aria-label='learn a control for lead transpose'].bound").wait_for()
        assert "cc 74" in str(lesson.get_attribute("title"))
        (kept,) = (daemon.home / "config" / "controllers").glob("*.toml")
        assert 'device = "outside:hand"' in kept.read_text()

        # Turn it, see it, hear it.
        knob(outside, *range(64, 97))
        wait_for(seen, TRANSPOSE, 12)
        slider = page.get_by_role("slider", name="lead transpose")
        wait_until(lambda: slider.get_attribute("aria-valuetext") == "12 semitones", "the page does not follow")
        time.sleep(1.5)
        assert pitches(outside, ROUND) == moved(plain, 12)

        # Save, turn away, come back to the page, recall.
        name = page.get_by_label("Name of a new preset")
        name.fill("octave up")
        page.get_by_role("button", name="Save", exact=True).click()
        page.locator("select[aria-label=Preset] option[value='octave up']").wait_for(state="attached")
        knob(outside, *range(96, 63, -1))
        wait_for(seen, TRANSPOSE, 0)
        page.reload()
        page.locator("select[aria-label=Preset] option[value='octave up']").wait_for(state="attached")
        assert not page.locator("#tour").is_visible()
        page.get_by_role("button", name="Recall the preset").click()
        wait_for(seen, TRANSPOSE, 12)

        # Two snapshots, and half the way between them.
        page.get_by_role("button", name="Snapshot A: empty, store").click()
        page.get_by_role("button", name="Snapshot A: recall, or with Shift store anew").wait_for()
        slider.focus()
        page.keyboard.press("Delete")
        wait_for(seen, TRANSPOSE, 0)
        page.get_by_role("button", name="Snapshot B: empty, store").click()
        page.get_by_role("button", name="Snapshot B: recall, or with Shift store anew").wait_for()
        page.get_by_role("tab", name=group_of(seen, "morph")).click()
        way = page.get_by_role("slider", name="morph", exact=True)
        way.dblclick()
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        wait_for(seen, TRANSPOSE, 6)
        time.sleep(1.5)
        assert pitches(outside, ROUND) == moved(plain, 6)

        # Panic: every note is closed, and the loop is over.
        page.keyboard.press("Escape")
        page.click("#panic")
        wait_for(seen, "freeze", False)
        page.click("#play")
        time.sleep(1.0)
        heard = [decode(message) for message in outside.messages()]
        assert any(isinstance(each, ControlChange) and each.control == ALL_NOTES_OFF for each in heard)
        ons = [each.pitch for each in heard if isinstance(each, NoteOn)]
        down: set[int] = set()
        for each in heard:
            if isinstance(each, NoteOn):
                down.add(each.pitch)
            elif isinstance(each, NoteOff):
                down.discard(each.pitch)
        assert ons
        assert not down
        assert not seen.wrong, seen.wrong
    assert daemon.process.poll() is None


def group_of(seen: Visit, name: str) -> str:
    """The tab that a knob is under."""
    for tab in seen.page.get_by_role("tab").all():
        tab.click()
        if seen.page.get_by_role("slider", name=name, exact=True).count():
            return str(tab.text_content())
    raise AssertionError(f"no tab has {name}")
