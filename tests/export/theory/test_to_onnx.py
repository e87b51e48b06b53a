from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.errors import PackError
from export.families.theory_vae import TheoryVae
from export.theory.parity import compare
from export.theory.to_onnx import graphs, halved, save
from tests.export.theory.phrases import batch
from tests.export.theory.test_training import TINY

pytestmark = pytest.mark.train
torch.set_num_threads(1)


@pytest.mark.timeout(600)
def test_the_graphs_do_what_torch_does_and_a_graph_of_other_weights_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(2)  # with weights by chance two states may be as likely as each other, and either may be taken
    model = halved(TheoryVae(TINY.size))
    save(graphs(model), tmp_path)
    assert compare(model, tmp_path, batch(6)).phrases == 6
    with pytest.raises(PackError, match="not written"):
        compare(halved(TheoryVae(TINY.size)), tmp_path, batch(6))
