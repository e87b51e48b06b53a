from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.cvae import Cvae
from bridge.engine.family import Ask
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.errors import PackError
from bridge.music.note import Span
from export import workshop
from export.cvae import figures
from export.cvae.attributes import moods, table
from export.cvae.batches import Deck
from export.cvae.effects import write_effects
from export.cvae.examples import examples
from export.cvae.judge import train_judge
from export.cvae.losses import Brightness, divergence, notes, soft_arousal, soft_rolls
from export.cvae.pack import VOICES, load_weights, write_pack
from export.cvae.parity import compare
from export.cvae.stage import Stage, phrases
from export.cvae.training import Recipe, Run, judge, pace
from export.data.proxies import brightness
from export.evaluate.rank import spearman
from export.families.cvae import GIVEN, PARTS, Conditional, Size
from tests.export.ensemble.bands import band

pytestmark = [pytest.mark.train, pytest.mark.timeout(600)]
TINY = Size(width=32, heads=2, inner=64, encode=1, context=1, decode=1, latent=32, chain=32)
RECIPE = Recipe(size=TINY, pairs=6, judged=4, minutes=0.06, warm_up=5, validate_every=0.05)
DATA = examples([band(number) for number in range(4)], astray=0.0)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cvae") / "cvae.pt"
    Run(RECIPE, path).go(DATA, DATA)
    return path


def test_training_learns(weights: Path) -> None:
    torch.manual_seed(RECIPE.seed)
    before = judge(Conditional(TINY).eval(), DATA)
    model, _, story = load_weights(weights)
    after = judge(model, DATA)
    assert after["chords"] < before["chords"]
    assert after["drums"] < before["drums"]
    assert story["step"] > 0


def test_a_run_is_taken_up_where_it_was_left(weights: Path) -> None:
    run = Run(RECIPE, weights)
    assert run.step > 0
    assert run.minutes >= RECIPE.minutes
    assert run.go(DATA, DATA) == run.found


def test_the_rate_rises_and_falls() -> None:
    assert pace(RECIPE, 0, 0.0) < pace(RECIPE, 50, 0.0) == 1.0
    assert pace(RECIPE, 50, RECIPE.minutes) == 0.0


def test_noise_leads_to_z_and_z_back_to_the_noise() -> None:
    model = Conditional(TINY).eval()
    torch.nn.init.normal_(model.prior.outer.weight, std=0.3)
    context, noise = torch.randn(3, 8, TINY.width), torch.randn(3, TINY.latent)
    with torch.no_grad():
        z = model.prior.draw(context, noise)
        torch.testing.assert_close(model.prior.way(context, z), noise, atol=1e-4, rtol=1e-4)


def test_a_beat_of_z_knows_only_the_beats_before_it() -> None:
    model = Conditional(TINY).eval()
    context, z = torch.randn(1, 8, TINY.width), torch.randn(1, TINY.latent)
    changed = z.clone()
    changed[:, -4:] += 5.0
    with torch.no_grad():
        torch.testing.assert_close(model.prior(context, z)[0], model.prior(context, changed)[0])


def test_what_is_not_known_does_not_reach_the_context() -> None:
    model = Conditional(TINY).eval()
    drawn = Deck(DATA, 1).draw(2)
    empty = torch.zeros(4, TINY.latent + 1)
    nothing = torch.zeros_like(drawn.known)
    with torch.no_grad():
        one = model.context(drawn.x, nothing, drawn.wish, drawn.beats, empty)
        other = model.context(torch.zeros_like(drawn.x), nothing, drawn.wish, drawn.beats, empty)
    torch.testing.assert_close(one, other)


def test_two_like_distributions_are_no_nats_apart() -> None:
    one = (torch.randn(2, 4), torch.randn(2, 4))
    assert float(divergence(one, one).abs().max()) < 1e-6
    assert float(divergence(one, (one[0] + 1, one[1])).min()) > 0


def test_what_is_known_or_rests_is_not_judged() -> None:
    drawn = Deck(DATA, 1).draw(2)
    given = torch.zeros(4, 32, GIVEN)
    full = notes(given, drawn._replace(known=torch.ones_like(drawn.known)))
    assert all(float(value.sum()) == 0 for name, value in full.items() if name != "touch")
    absent = notes(given, drawn._replace(playing=torch.zeros_like(drawn.playing)))
    assert float(absent["chords"].sum()) == 0


def test_soft_moods_are_near_those_of_the_proxies() -> None:
    drawn = Deck(DATA, 1).draw(4)
    inside = torch.ones(8, 32)
    soft = soft_arousal(drawn.x, drawn.playing, inside)
    hard = [moods(DATA.rolls(n), 32)[0] for n in range(1)]
    assert abs(float(soft[0]) - hard[0]) < 0.1
    bright = float(Brightness()(drawn.x, drawn.playing, inside)[0])
    assert abs(bright - brightness(table(DATA.rolls(0), 32))) < 1.0
    assert soft_rolls(torch.zeros(1, 32, GIVEN)).shape == (1, 32, 225)
    assert sum(PARTS.values()) == GIVEN


@pytest.fixture(scope="module")
def folder(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack")
    assert write_pack(weights, path, DATA).differ < 2e-3
    return path


def play(folder: Path) -> Cvae:
    pack = Pack.load(folder)
    return Cvae(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def test_a_pack_that_was_written_plays(folder: Path) -> None:
    family = play(folder)
    family.warm_up()
    played = list(family.respond(Ask(id=1, span=Span(0.0, 8.0), voices=VOICES, seed=3)))
    assert all(note.beat in Span(0.0, 8.0) for note in played)


def test_graphs_that_are_not_the_model_are_refused(folder: Path) -> None:
    torch.manual_seed(1)
    with pytest.raises(PackError, match="not written"):
        compare(Conditional(TINY).eval(), folder, folder, DATA)


def test_figures_are_of_what_the_pack_plays(folder: Path) -> None:
    stage = Stage(play(folder))
    found = figures.reconstruction(stage, phrases(DATA, 3, 1))
    assert all(0 <= value <= 1 and count > 0 for value, count in found.values())
    sweep = figures.sweep(stage, "arousal", (-2.0, 2.0), DATA, 2)
    assert -1 <= sweep.rho <= 1
    assert len(sweep.means) == 2


def test_a_card_says_what_its_knobs_do(folder: Path) -> None:
    write_effects(folder, DATA, seeds=1)
    write_effects(folder, DATA, seeds=1)
    does = {knob.name: knob.does for knob in Pack.load(folder).card.knobs}
    assert does["arousal"].count("measured") == 1
    assert "measured" not in does["style"]


def test_a_judge_is_trained_apart_and_knows_its_own_accuracy() -> None:
    found = train_judge(DATA, DATA, steps=60)
    assert found.accuracy == 1.0
    assert found.chance == 1.0
    rows = np.zeros((2, len(found.mean)), np.float32)
    assert found.chances(rows).shape == (2, 15)


def test_f1_counts_notes_that_are_right_in_step_and_pitch() -> None:
    one = DATA.rolls(0)
    same = figures.f1([(one, one, 32)])
    assert all(value == 1.0 for value, _ in same.values())


def test_ranks_that_rise_together_correlate() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1.0)
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1.0)
    assert abs(spearman([1, 1, 2, 2], [1, 2, 1, 2])) < 1e-9


@pytest.mark.parametrize("content", [b"", b"no weights"])
def test_a_file_that_holds_no_model_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cvae.pt"
    path.write_bytes(content)
    with pytest.raises(PackError, match=r"cvae\.pt"):
        load_weights(path)


def test_the_family_has_a_workshop() -> None:
    assert workshop.find("cvae").pack == Path("models/cvae")
