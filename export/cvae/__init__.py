"""The conditional VAE: its examples, training, graphs, pack and figures."""
