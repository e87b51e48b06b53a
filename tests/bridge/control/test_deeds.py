from contextlib import nullcontext
from pathlib import Path

import pytest

from bridge.control.deeds import CLIP_DEEDS, DEEDS, SNAPSHOTS, TASTE_DEEDS, Deed
from bridge.errors import SettingsError
from bridge.jam.stock import SLOTS
from tests.bridge.control.stage import Stage


@pytest.mark.parametrize(
    "deed", [deed for deed in DEEDS if deed not in (*TASTE_DEEDS, *CLIP_DEEDS)], ids=lambda deed: deed.name
)
def test_every_deed_that_is_named_can_be_done_or_asked(deed: Deed, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert deed.description.endswith(".")
    if deed.query:
        assert isinstance(stage.console.ask(deed.name), tuple)
        return
    argument = ("1 1",) if deed.parts else ("tempo",) if deed.argument else ()
    needs = {"preset/load", "preset/delete", "unlearn", *(f"snapshot/{letter}/recall" for letter in SNAPSHOTS)}
    needs |= {f"slot/{letter}/{what}" for letter in SLOTS for what in ("capture", "borrow", "play")}
    needs |= {"back", "infill"}
    why = r"no preset|is empty|no control|played nothing|no phrase|repeats nothing"
    refused = pytest.raises(SettingsError, match=why) if deed.name in needs else nullcontext()
    with refused:
        stage.console.do(deed.name, *argument)
