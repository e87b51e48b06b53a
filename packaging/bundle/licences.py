"""Licences as SPDX expressions: what the metadata say, and what people read in the texts where they say nothing.

A package that is in none of these tables ends the build. Read its licence, then add a row.
"""

import re
from collections.abc import Iterable

CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
"""Trove classifier -> SPDX; only those that name one licence."""

PACKAGES = {
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pyinstaller-hooks-contrib": "Apache-2.0",
    "python-osc": "Unlicense",
}
"""Distribution -> SPDX, read in its licence text, where metadata are silent or vague."""

SYSTEM_PACKAGES = {
    "libssl3": "Apache-2.0",
    "libssl3t64": "Apache-2.0",
    "zlib1g": "Zlib",
    "libffi8": "MIT",
    "libffi7": "MIT",
    "libexpat1": "MIT",
    "liblzma5": "0BSD",
    "libbz2-1.0": "bzip2-1.0.6",
    "libuuid1": "BSD-3-Clause",
    "libsqlite3-0": "blessing",
    "libmpdec3": "BSD-2-Clause",
    "libmpdec4": "BSD-2-Clause",
    "libzstd1": "BSD-3-Clause",
}
"""Debian's and Ubuntu's package -> SPDX of the library in it."""

CARRIED_LIBRARIES = {
    r"lib(scipy_)?openblas\w*": ("OpenBLAS", "BSD-3-Clause"),
    r"libgfortran": ("GNU Fortran runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    r"libquadmath": ("GNU quad-precision library", "LGPL-2.1-or-later"),
    r"libgcc_s": ("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    r"libjpeg": ("libjpeg-turbo", "IJG AND BSD-3-Clause"),
    r"libopenjp2": ("OpenJPEG", "BSD-2-Clause"),
    r"libtiff": ("LibTIFF", "libtiff"),
    r"liblzma": ("XZ Utils", "0BSD"),
    r"libzstd": ("Zstandard", "BSD-3-Clause"),
    r"libXau": ("libXau", "MIT-open-group"),
    r"libxcb": ("libxcb", "X11"),
    r"libXdmcp": ("libXdmcp", "MIT-open-group"),
    r"libbrotli(common|dec|enc)": ("Brotli", "MIT"),
    r"libpng16": ("libpng", "libpng-2.0"),
    r"libharfbuzz": ("HarfBuzz", "MIT-Modern-Variant"),
    r"libfreetype": ("FreeType", "FTL"),
    r"libz": ("zlib-ng", "Zlib"),
    r"libffi": ("libffi", "MIT"),
    r"msvcp140": ("Microsoft Visual C++ runtime", "LicenseRef-Microsoft-Redistributable"),
}
"""Library that a wheel carries (pattern of its name before any hash) -> (name, SPDX).

Their texts are in the licence files of the wheels that carry them.
"""

COPYLEFT = re.compile(r"\bA?GPL-[\d.]+(?:-only|-or-later|\+)?(?!\S)(?!\s+WITH\s+\S*exception)", re.IGNORECASE)
"""A licence that would bind the whole bundle: GPL or AGPL without an exception for just this use."""


def of_distribution(name: str, expression: str | None, classifiers: Iterable[str]) -> str | None:
    """SPDX expression of a distribution from our table, its own metadata or its classifiers; None if unknown."""
    known = PACKAGES.get(name.lower())
    if known or expression:
        return known or expression
    named = {CLASSIFIERS[each] for each in classifiers if each in CLASSIFIERS}
    return " AND ".join(sorted(named)) or None


def of_carried(file: str) -> tuple[str, str] | None:
    """Name and licence of a library that a wheel carries, by its file name; None if unknown."""
    stem = re.match(r"(.+?)(?:-[0-9a-f]{8})*(?:-[0-9a-f]{6,})?\.(?:so|dll|\d|dylib)", file)
    for pattern, named in CARRIED_LIBRARIES.items():
        if stem and re.fullmatch(rf"{pattern}[-_.\w]*", stem[1]):
            return named
    return None


def is_copyleft(expression: str) -> bool:
    """Whether an expression obliges to the GPL, with no choice of another licence and no exception."""
    return all(COPYLEFT.search(choice) for choice in re.split(r"\s+OR\s+", expression.strip("()")))
