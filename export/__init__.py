"""The torch side: data, training, ONNX export, parity, evaluation. It imports bridge, never the reverse."""
