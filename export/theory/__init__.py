"""Training, export and judgement of the music-theory VAE."""
