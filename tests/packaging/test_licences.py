import pytest

from bundle import licences


@pytest.mark.parametrize(
    "expression", ["GPL-3.0-only", "GPL-2.0-or-later", "AGPL-3.0-or-later", "MIT AND GPL-3.0-only"]
)
def test_what_obliges_to_the_gpl_is_known(expression: str) -> None:
    assert licences.is_copyleft(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "LGPL-2.1-or-later",
        "GPL-2.0-or-later WITH Bootloader-exception",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "GPL-2.0-only OR MIT",
        "BSD-3-Clause AND 0BSD",
    ],
)
def test_what_leaves_a_way_without_the_gpl_is_let_in(expression: str) -> None:
    assert not licences.is_copyleft(expression)


def test_a_packages_own_expression_comes_before_its_classifiers() -> None:
    bsd = "License :: OSI Approved :: BSD License"
    assert licences.of_distribution("some", "MIT", [bsd]) == "MIT"
    assert licences.of_distribution("some", None, [bsd, "Topic :: Multimedia"]) == "BSD-3-Clause"
    assert licences.of_distribution("some", None, ["License :: Other/Proprietary License"]) is None


def test_what_was_read_in_a_licence_text_comes_before_what_the_metadata_say() -> None:
    gpl = "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"
    assert licences.of_distribution("PyInstaller", None, [gpl]) == "GPL-2.0-or-later WITH Bootloader-exception"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("libscipy_openblas64_-32a4b2a6.so", "OpenBLAS"),
        ("libgfortran-040039e1-0352e75f.so.5.0.0", "GNU Fortran runtime"),
        ("libXau-154567c4.so.6.0.0", "libXau"),
        ("libpng16-1d1ba958.so.16.58.0", "libpng"),
        ("liblzma.5.dylib", "XZ Utils"),
        ("libbrotlidec.1.1.0.dylib", "Brotli"),
        ("msvcp140-263139962577ecda4cd9469ca360a746.dll", "Microsoft Visual C++ runtime"),
    ],
)
def test_a_library_that_a_wheel_carries_is_known_by_its_name(file: str, name: str) -> None:
    found = licences.of_carried(file)
    assert found is not None
    assert found[0] == name


def test_a_library_that_nobody_has_looked_at_is_not_guessed() -> None:
    assert licences.of_carried("libreadline-12345678.so.8") is None
