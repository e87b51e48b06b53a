from pathlib import Path

from export.data.readers import READERS
from export.data.sources import SOURCES

CARD = Path(__file__).parents[3] / "models" / "lstm-melody" / "CARD.md"


def test_every_set_that_is_read_has_its_origin_licence_and_credit() -> None:
    assert {source.name for source in SOURCES} == set(READERS)
    for source in SOURCES:
        assert source.origin.startswith("https://")
        assert len(source.commit) >= 8
        assert source.licence
        assert source.credit


def test_the_shipped_card_credits_every_source() -> None:
    text = CARD.read_text("utf-8")
    for source in SOURCES:
        for said in (source.title, source.commit, source.licence, source.credit):
            assert said in text
