from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from export.evaluate.section import keep, put, sections, write

CARD = "# A\n\nwords\n\n## What it is bad at\n\n- much\n"
TEXTS = st.text("abc |\n#", min_size=1).map(str.strip).filter(bool)


@given(TEXTS, TEXTS)
def test_a_section_is_replaced_and_the_rest_is_left(one: str, other: str) -> None:
    card = put(put(CARD, "x", one), "y", "stays")
    again = put(card, "x", other)
    assert sections(again) == {"x": other, "y": "stays"}
    assert again.startswith("# A\n\nwords\n")
    assert again.endswith("## What it is bad at\n\n- much\n")


def test_a_new_card_keeps_the_sections_of_the_old_one(tmp_path: Path) -> None:
    write(tmp_path, "x", "figures")
    before = (tmp_path / "CARD.md").read_text()
    (tmp_path / "CARD.md").write_text(CARD)
    keep(tmp_path, before)
    assert sections((tmp_path / "CARD.md").read_text()) == {"x": "figures"}
