"""The training side of the spectral family: sounds with known conditions, training, figures and the pack."""
