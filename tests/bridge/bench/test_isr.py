import pytest

from bridge.bench.isr import SHORTEST, Hits, pieces, together
from bridge.engine.pack import Card
from bridge.music.note import BAND, Voice


def card(*voices: Voice) -> Card:
    return Card(1, "pack", "lstm", "1", "A pack", "CC0-1.0", voices, {})


def test_a_lead_trades_with_the_built_in_player_and_a_band_accompanies_it_and_then_each_plays_alone() -> None:
    assert pieces(card(Voice.LEAD), SHORTEST) == ("trade", "continue")
    assert pieces(card(*BAND), SHORTEST) == ("accompany", "continue")


def test_in_little_time_a_lead_plays_alone_and_a_band_still_accompanies() -> None:
    assert pieces(card(Voice.LEAD), SHORTEST / 2) == ("continue",)
    assert pieces(card(*BAND), SHORTEST / 2) == ("accompany",)


def test_several_pieces_count_by_their_16ths() -> None:
    whole = together([Hits(1.0, 30), Hits(0.9, 10)])
    assert whole.rate == pytest.approx(0.975)
    assert whole.ticks == 40
    assert whole.weighted is None


def test_freshness_is_that_of_the_pieces_that_were_accompanied() -> None:
    assert together([Hits(1.0, 30, 0.98), Hits(1.0, 10)]).weighted == pytest.approx(0.98)


def test_where_nothing_was_counted_nothing_was_missed() -> None:
    assert together([]) == Hits(1.0, 0)
    assert together([Hits(1.0, 0, 1.0)]).weighted is None
