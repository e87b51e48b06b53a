"""Playing together: listener, conductor, plan, and one module a mode."""
