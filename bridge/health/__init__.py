"""What the daemon measures of itself."""
