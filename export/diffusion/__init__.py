"""The diffusion family: a denoiser of bar rolls, its data, training, graph and card."""
