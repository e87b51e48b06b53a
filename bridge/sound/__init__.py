"""The audio process: a texture of sound that follows the jam, frames by a pack, waves by an inverse STFT."""
