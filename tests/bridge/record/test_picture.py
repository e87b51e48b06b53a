from pathlib import Path

import numpy as np
from PIL import Image

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Note, Voice
from bridge.record.canvas import Colour
from bridge.record.picture import HEADER, PLAYER, VOICES, WIDTH, draw, score_of, write_picture
from bridge.record.summary import Run, summarise
from bridge.record.take import Origin, Take
from tests.bridge.record.takes import jam, one_note

RUN = Run(mode="trade", pack="melody", provider="cpu", seed=7, ports="loopback", key="E dorian")


def drawn(take: Take) -> Image.Image:
    return draw(take, summarise(take, RUN))


def near(picture: Image.Image, colour: Colour) -> int:
    """Pixels under the header that are about of a colour."""
    pixels = np.asarray(picture, dtype=np.int16)[HEADER:]
    return int((np.abs(pixels - colour).sum(axis=2) < 24).sum())


def test_the_picture_is_a_png_that_can_be_opened(tmp_path: Path) -> None:
    take = jam()
    path = tmp_path / "jam.png"
    write_picture(take, summarise(take, RUN), path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width == WIDTH


def test_the_player_and_every_voice_have_their_own_colours() -> None:
    take = Take()
    for index, voice in enumerate((Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)):
        take.band(Note(voice, index * 1.0, 1.0, 60 + index, 127))
    take.player_on(4.0, 70, 127)
    take.close(8.0)
    picture = drawn(take)
    for colour in (PLAYER, *(VOICES[voice] for voice in take.voices)):
        assert near(picture, colour) > 100


def test_a_softer_note_is_paler() -> None:
    loud, soft = Take(), Take()
    loud.player_on(0.0, 60, 127)
    soft.player_on(0.0, 60, 20)
    for take in (loud, soft):
        take.close(4.0)
    assert near(drawn(loud), PLAYER) > 1000
    assert near(drawn(soft), PLAYER) == 0


def test_a_note_by_rule_is_not_drawn_like_a_note_by_the_model() -> None:
    takes = Take(), Take()
    for take, source in zip(takes, Origin, strict=True):
        take.band(Note(Voice.LEAD, 0.0, 4.0, 60, 127), source)
    by_model, by_rule = (near(drawn(take), VOICES[Voice.LEAD]) for take in takes)
    assert by_rule < by_model / 2


def test_a_long_jam_gets_more_rows_and_still_fits_a_screenful_of_scrolling() -> None:
    short, long = drawn(one_note()), drawn(jam(rounds=12))
    assert short.height < 600
    assert short.height < long.height < 6000


def test_a_step_in_tempo_is_written_at_its_beat() -> None:
    take = Take()
    take.tempo(TempoMap(bpm=140, playing=True))
    take.tempo(TempoMap(beat=5.0, bpm=140.3, playing=True))
    take.tempo(TempoMap(beat=8.0, bpm=110, playing=True))
    labels = score_of(take, take.timeline).labels
    assert [(label.beat, label.text) for label in labels] == [(8.0, "110 BPM")]


def test_the_same_take_gives_the_same_picture() -> None:
    assert drawn(jam()).tobytes() == drawn(jam()).tobytes()


def test_an_empty_take_gives_an_empty_picture() -> None:
    assert drawn(Take()).width == WIDTH
