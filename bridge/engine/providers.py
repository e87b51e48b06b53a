"""The providers a model can run on, by our names for them."""

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""Our name -> ONNX Runtime's."""

REMEDIES = {
    "cpu": "install one: pip install 'antiphon[cpu]'",
    "cuda": "it needs the cuda extra in place of the cpu one (pip uninstall onnxruntime first), CUDA 13 and cuDNN 9",
    "coreml": "it comes with ONNX Runtime on macOS only",
}
"""What to do where a provider is not in the installed ONNX Runtime, or does not run."""
