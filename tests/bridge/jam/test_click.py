import pytest
from msgspec.structs import replace

from bridge.clock.tempo_map import TempoMap
from bridge.jam.click import HIGH, Click
from bridge.jam.plan import Plan
from bridge.music.meter import Meter
from bridge.wire.protocol import Put, ToWire


def clicks(meter: Meter, when: str, beats: float, song: float = 0.0) -> list[tuple[float, bool]]:
    """(stage beat, whether it is the high one) of the clicks of so many beats."""
    sent: list[ToWire] = []
    click = Click(Plan(sent.append))
    click.when = when
    map = TempoMap(playing=True, meter=meter, song=song)
    beat = 0.0
    while beat < beats:
        click.step(beat, map)
        beat += 0.04
    notes = [note for message in sent if isinstance(message, Put) for note in message.notes]
    return [(note.beat, note.pitch == HIGH) for note in notes if note.beat < beats]


@pytest.mark.parametrize(
    ("meter", "pulse", "per_bar"),
    [(Meter(4, 4), 1.0, 4), (Meter(6, 8), 1.5, 2), (Meter(7, 8), 0.5, 7), (Meter(3, 2), 2.0, 3)],
)
def test_every_pulse_is_clicked_once_and_every_bar_line_is_the_high_one(
    meter: Meter, pulse: float, per_bar: int
) -> None:
    heard = clicks(meter, "always", 4 * meter.bar)
    assert [beat for beat, _ in heard] == [index * pulse for index in range(4 * per_bar)]
    assert [high for _, high in heard] == [index % per_bar == 0 for index in range(4 * per_bar)]


def test_the_count_in_is_clicked_and_the_song_is_not() -> None:
    assert [beat for beat, _ in clicks(Meter(), "count-in", 12.0, song=-4.0)] == [0.0, 1.0, 2.0, 3.0]
    assert clicks(Meter(), "off", 12.0) == []


def test_standing_still_there_is_no_click() -> None:
    sent: list[ToWire] = []
    click = Click(Plan(sent.append))
    click.when = "always"
    click.step(0.0, replace(TempoMap(), playing=False))
    assert not sent
