from msgspec.structs import replace

from bridge.music.key import Key
from export.evaluate.listening import beats, figures, keys, table
from tests.export.ensemble.bands import band


def test_a_tune_of_triads_is_heard_in_its_key() -> None:
    assert keys(band(2))[8] == Key(10, "major")


def test_a_sheet_that_ends_before_has_no_key_yet() -> None:
    assert keys(band(bars=6))[8] is None


def test_the_whole_tunes_path_hears_its_arpeggios() -> None:
    found = figures(band())
    offline, online = found["chord's root, offline, whole tune"], found["chord's root, as it ends"]
    assert offline is not None
    assert online is not None
    assert offline > 0.9
    assert online <= offline


def test_every_beat_with_a_chord_is_asked_for() -> None:
    assert len(list(beats(band(bars=4)))) == 16


def test_the_table_has_a_column_a_set() -> None:
    text = table([replace(band(n), set="nottingham") for n in range(2)])
    assert "| heard right | nottingham | ewld_pd |" in text
    assert "n/a" in text
