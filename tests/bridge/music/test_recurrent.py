import numpy as np
import pytest

from bridge.music.recurrent import Floats, Network, unpacked


def arrays(width: int = 4, heard: int = 3, known: int = 2, told: int = 5, layers: int = 2) -> dict[str, Floats]:
    chance = np.random.default_rng(1)

    def some(*shape: int) -> Floats:
        return chance.normal(0, 0.5, shape).astype(np.float32)

    found = {"enter.weight": some(width, heard), "enter.bias": some(width)}
    for layer in range(layers):
        for name in ("ih", "hh"):
            found[f"core.weight_{name}_l{layer}"] = some(3 * width, width)
            found[f"core.bias_{name}_l{layer}"] = some(3 * width)
    found |= {"readers.0.weight": some(6, width + known), "readers.0.bias": some(6)}
    return found | {"tell.weight": some(told, 6), "tell.bias": some(told)}


@pytest.fixture
def network() -> Network:
    return unpacked(arrays())


def test_an_archive_is_as_many_layers_and_readers_as_it_names(network: Network) -> None:
    assert (len(network.layers), len(network.readers)) == (2, 1)
    assert [state.shape for state in network.silence(7)] == [(7, 4), (7, 4)]


def test_several_in_one_go_are_each_as_if_alone(network: Network) -> None:
    chance = np.random.default_rng(2)
    heard, known = (chance.normal(size=(6, 3, size)).astype(np.float32) for size in (3, 2))
    together, alone = network.silence(3), [network.silence() for _ in range(3)]
    for step in range(6):
        together = network.onward(together, heard[step])
        alone = [network.onward(state, each) for state, each in zip(alone, heard[step], strict=True)]
        told = network.tells(together, known[step])
        for row, state in enumerate(alone):
            assert network.tells(state, known[step][row]) == pytest.approx(told[row], abs=1e-5)


def test_what_was_heard_is_still_there_a_step_later(network: Network) -> None:
    one, other = (network.onward(network.silence(), np.full(3, value, np.float32)) for value in (1.0, -1.0))
    silence = np.zeros(3, np.float32)
    assert not np.allclose(network.onward(one, silence)[-1], network.onward(other, silence)[-1])
