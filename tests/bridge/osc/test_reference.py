from pathlib import Path

from bridge.osc.reference import markdown


def test_the_page_in_docs_is_what_the_table_says() -> None:
    page = Path(__file__).parents[3] / "docs" / "osc.md"
    assert page.read_text("utf-8") == markdown(), "run: python -m bridge.osc.reference > docs/osc.md"
