import pytest

from bundle import recipe


@pytest.mark.parametrize("name", ["torch", "torch.nn", "link", "readline", "onnx", "export.cli", "symusic"])
def test_nothing_of_the_training_side_and_no_gpl_module_goes_in(name: str) -> None:
    assert recipe.is_excluded(name)


@pytest.mark.parametrize("name", ["bridge.clock.link", "onnxruntime", "bridge.link", "numpy.linalg", "linked"])
def test_names_that_are_only_alike_go_in(name: str) -> None:
    assert not recipe.is_excluded(name)


@pytest.mark.parametrize("file", ["libjack.so.0", "/usr/lib/libasound.so.2", "libstdc++.so.6", "libcudart.so.13"])
def test_what_has_to_fit_the_machine_is_left_to_it(file: str) -> None:
    assert recipe.is_left_to_the_system(file)


def test_our_own_libraries_are_not_left_to_the_system() -> None:
    assert not recipe.is_left_to_the_system("libonnxruntime_providers_cuda.so")
    assert not recipe.is_left_to_the_system("libpython3.11.so.1.0")
