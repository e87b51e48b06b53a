from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.engine import shelf
from bridge.engine.catalogue import find
from bridge.engine.choice import remember
from bridge.engine.family import Ask
from bridge.engine.pack import pack_sha, read_card
from bridge.engine.shelf import PROBE_MS, open_pack, probe
from bridge.errors import PackError
from bridge.music.note import Note
from bridge.settings import HOME, state_folder
from tests.bridge.engine.parrot import Parrot


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))


def test_a_pack_that_is_opened_says_what_runs_it_and_how_fast() -> None:
    _, loaded = open_pack(find("lstm-melody"), "auto")
    assert (loaded.pack, loaded.asked, loaded.got) == ("lstm-melody", "auto", "cpu")
    assert loaded.cpu_p50_ms > 0.0
    assert 0.0 < loaded.p50_ms <= loaded.p99_ms


def test_auto_takes_the_provider_that_was_measured_to_be_the_fastest_here(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = find("lstm-melody")
    monkeypatch.setattr(shelf, "available", lambda: ("cpu", "cuda"))
    assert shelf._fastest(folder) == "cuda"
    for provider, p50 in (("cpu", 0.3), ("cuda", 0.9)):
        remember(pack_sha(folder), provider, p50, state_folder())
    assert shelf._fastest(folder) == "cpu"
    monkeypatch.setattr(shelf, "available", lambda: ("cpu",))
    assert shelf._fastest(folder) == "cpu"


def test_a_slow_model_is_not_measured_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sloth(Parrot):
        def respond(self, ask: Ask) -> Iterator[Note]:
            for note in super().respond(ask):
                now[0] += PROBE_MS / 1000
                yield note

    now = [0.0]
    monkeypatch.setattr("bridge.engine.shelf.time.perf_counter", lambda: now[0])
    family, cpu = Sloth(), list[float]()
    times = probe(family, read_card(find("lstm-melody")), cpu_ms=cpu)
    assert len(family.asks) == 1
    assert len(times) == len(cpu) == 8


def test_a_family_that_nobody_knows_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(
        'schema = 1\nname = "odd"\nfamily = "odd"\nversion = "1"\ntitle = "Odd"\nlicence = "CC0-1.0"\n'
        'voices = ["lead"]\ngraphs = {}\n'
    )
    with pytest.raises(PackError, match="odd: this Antiphon plays no family «odd»; update it"):
        open_pack(tmp_path)
