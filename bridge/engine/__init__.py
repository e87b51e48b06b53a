"""Models: packs, ONNX sessions, the codec, one module a family, and the process they run in."""
