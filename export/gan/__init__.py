"""The groove GAN: its data, training, export and figures."""
