from pathlib import Path

import msgspec
import pytest

from bridge.errors import DataError
from export.data.piece import split
from export.evaluate.accompany import command
from export.evaluate.accompany.evaluation import Request, evaluate
from export.evaluate.accompany.findings import Findings
from export.evaluate.accompany.picture import draw
from export.evaluate.accompany.report import markdown
from tests.bridge.engine.parrot import open_parrot
from tests.export.ensemble.bands import band

PIECES = [band(n, bars=12) for n in range(60)]


def test_an_evaluation_is_a_table_a_picture_and_json_and_the_same_again(tmp_path: Path) -> None:
    request = Request(pack=Path("parrot"), pieces=2, kinds=("written",))
    steps: list[int] = []
    found, played = evaluate(request, *split(PIECES), steps.append, open_parrot)
    assert sum(steps) == 2 * command.ROWS_A_TRIAL
    assert len(played) == 2
    text = markdown(found)
    assert "| chord-tone ratio |" in text
    assert "Goals" in text
    assert "the band must listen" in text
    draw(found, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Findings).share == found.share
    assert evaluate(request, *split(PIECES), steps.append, open_parrot)[0] == found


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(pack=Path("none"), mode="trade"), "without --mode"),
        (Request(pack=Path("none"), mode="sleep"), "no mode"),
        (Request(pack=Path("none"), kinds=("opera",)), "opera"),
        (Request(pack=Path("none")), "no pack"),
    ],
)
def test_what_cannot_be_evaluated_is_said(request_: Request, said: str) -> None:
    with pytest.raises(DataError, match=said):
        command.check(request_)
