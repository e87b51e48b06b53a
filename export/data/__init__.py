"""From the prepared bundle to arrays."""
