from contextlib import nullcontext
from pathlib import Path

import pytest

from bridge.control.deeds import DEEDS, SNAPSHOTS, Deed
from bridge.errors import SettingsError
from tests.bridge.control.stage import Stage


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_every_deed_that_is_named_can_be_done_or_asked(deed: Deed, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert deed.description.endswith(".")
    if deed.query:
        assert isinstance(stage.console.ask(deed.name), tuple)
        return
    argument = ("tempo",) if deed.argument else ()
    needs = {"preset/load", "preset/delete", "unlearn", *(f"snapshot/{letter}/recall" for letter in SNAPSHOTS)}
    refused = (
        pytest.raises(SettingsError, match=r"no preset|is empty|no control") if deed.name in needs else nullcontext()
    )
    with refused:
        stage.console.do(deed.name, *argument)
