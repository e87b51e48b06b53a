"""What the frozen folder leaves out, and why."""

import re

EXCLUDED_MODULES = (
    # Training side: nothing of it plays.
    "export",
    "torch",
    "onnx",
    "onnxscript",
    "symusic",
    "scipy",
    # The library for players' neighbours: with SciPy 145 MB, more than there is room for. Tastes go by content there.
    "sklearn",
    "joblib",
    "narwhals",
    "threadpoolctl",
    "onnxruntime.quantization",
    "onnxruntime.tools",
    "onnxruntime.transformers",
    # Links Ableton's GPL code: for a Python that the user put together, never in what we hand out.
    "link",
    "aalink",
    # Links GNU readline, gdbm and Berkeley DB: GPL or worse, and nothing here asks for them.
    "readline",
    "rlcompleter",
    "_gdbm",
    "_dbm",
    "dbm",
    # Bulk that no code of ours reaches.
    "tkinter",
    "_tkinter",
    "IPython",
    "matplotlib",
    "pytest",
    "setuptools",
    "pip",
    "defusedxml",
    "xmlrpc",
    "pydoc",
    "pydoc_data",
    "numpy.f2py",
    "numpy.testing",
    "PIL.ImageTk",
    "PIL.ImageQt",
    "PIL._avif",
    "PIL.AvifImagePlugin",
    "PIL._webp",
    "PIL.WebPImagePlugin",
    "PIL._imagingcms",
    "PIL.ImageCms",
    "lib2to3",
    "test",
)
"""Modules that never go in, with everything below them."""

LEFT_TO_THE_SYSTEM = (
    # ALSA finds its plug-ins by its own path, JACK has to be the one whose server runs.
    r"libasound\.so.*",
    r"libjack.*\.so.*",
    # A newer libjack or libpipewire needs a newer C++ library than ours would be; the system's serves both.
    r"libstdc\+\+\.so.*",
    r"libgcc_s\.so.*",
    # NVIDIA's libraries: gigabytes, under a licence of their own, and only of use beside a GPU.
    r"lib(cublas|cublasLt|cudart|cudnn|cufft|curand|nvrtc|nvJitLink)[\w.-]*\.so.*",
    r"(cublas|cublasLt|cudart|cudnn|cufft|curand|nvrtc|nvJitLink)[\w.-]*\.dll",
)
"""Shared libraries (patterns of file names) that are taken from the machine Antiphon runs on."""

MODULES_OF_THE_TREE = "bridge"
"""All of whose modules and data files go in."""

LIMIT_MB = 150
CUDA_LIMIT_MB = 550
PACKS_LIMIT_MB = 30
"""Megabytes (10^6 bytes) that the whole folder, that of the CUDA flavour, and the packs in it may have."""
CUDA = "onnxruntime_providers_cuda"
"""Part of the name of a file that only the CUDA flavour has."""

_SYSTEM = re.compile("|".join(f"(?:{pattern})" for pattern in LEFT_TO_THE_SYSTEM))


def is_excluded(module: str) -> bool:
    """Whether a dotted module name is an excluded one or below one."""
    return any(module == name or module.startswith(f"{name}.") for name in EXCLUDED_MODULES)


def is_left_to_the_system(file: str) -> bool:
    """Whether a file, by the last part of its path, is a library that the system brings."""
    return _SYSTEM.fullmatch(re.split(r"[/\\]", file)[-1]) is not None
