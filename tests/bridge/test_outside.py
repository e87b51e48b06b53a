import sys

import pytest

from bridge import outside


def test_the_systems_programs_get_the_loaders_path_that_the_user_had() -> None:
    frozen = {"LD_LIBRARY_PATH": "/opt/antiphon/_internal", "LD_LIBRARY_PATH_ORIG": "/mine", "PATH": "/bin", "A": "b"}
    assert outside.environment(frozen) == {
        "LD_LIBRARY_PATH": "/mine",
        "LD_LIBRARY_PATH_ORIG": "/mine",
        "PATH": "/bin",
        "A": "b",
    }
    assert "LD_LIBRARY_PATH" not in outside.environment({"LD_LIBRARY_PATH": "/opt/antiphon/_internal"})


def test_an_empty_environment_still_finds_the_systems_programs() -> None:
    assert "/usr/bin" in outside.environment({})["PATH"]


def test_a_program_says_what_it_printed_and_how_it_ended() -> None:
    said = outside.run([sys.executable, "-c", "import sys; print('words'); sys.exit(3)"])
    assert said == outside.Said(3, "words")
    assert not said.well


def test_a_program_that_is_not_there_is_no_error() -> None:
    assert outside.run(["antiphon-no-such-program"]).code == outside.MISSING


@pytest.mark.live
def test_a_program_that_hangs_is_not_waited_for() -> None:
    said = outside.run([sys.executable, "-c", "import time; time.sleep(60)"], patience=0.3)
    assert said.code == outside.LATE
