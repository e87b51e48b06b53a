from pathlib import Path

import msgspec
import pytest

from bridge.record.screen import advice, headline, screen
from bridge.record.summary import Run, Spread, Summary, Typical, summarise
from tests.bridge.record.takes import jam

RUN = Run(
    mode="trade",
    pack="melody",
    provider="cpu",
    seed=7,
    ports="alsa",
    key="E dorian",
    hit_rate=0.999,
    lateness_ms=Spread(0.02, 0.1, 0.4),
    note_ms=Typical(0.3, 0.5),
)
GOOD = summarise(jam(), RUN)


def but(**changes: object) -> Summary:
    return msgspec.structs.replace(GOOD, **changes)


def test_a_good_jam_has_nothing_to_mend() -> None:
    assert advice(GOOD) == ()
    assert "All went well." in screen(GOOD)


def test_the_screen_fits_a_terminal() -> None:
    lines = screen(GOOD, [(Path("jam-out/jam.mid"), "the notes")]).splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines) <= 100


def test_the_headline_says_how_long_how_fast_and_in_which_key() -> None:
    assert headline(GOOD) == "A jam of 25 bars in 1:05, 92 BPM, E dorian, trade"


def test_the_screen_says_where_the_files_are() -> None:
    assert "jam-out/jam.mid" in screen(GOOD, [(Path("jam-out/jam.mid"), "the notes")]).replace("\\", "/")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (but(ports="loopback"), "antiphon ports"),
        (but(notes_player=0), "connect a keyboard"),
        (but(notes_band=0, notes_vamp=0), "played nothing"),
        (but(notes_vamp=GOOD.notes_band), "antiphon models"),
        (but(stuck_notes=2), "2 notes got no note-off"),
        (but(dropped_late=3), "3 notes came too late"),
        (but(lateness_ms=Spread(1.0, 20.0, 31.0)), "31 ms late"),
        (but(hit_rate=0.9), "10.0% of its asks"),
        (but(engine_restarts=1), "started again"),
    ],
)
def test_whatever_went_wrong_is_said_with_what_to_do(wrong: Summary, word: str) -> None:
    (sentence,) = advice(wrong)
    assert word in sentence
    assert f"! {sentence}" in screen(wrong)


def test_a_jam_without_a_model_says_so() -> None:
    text = screen(but(pack="", provider="", hit_rate=None, note_ms=Typical()))
    assert "none on nothing" in text
    assert "nothing was asked" in text
