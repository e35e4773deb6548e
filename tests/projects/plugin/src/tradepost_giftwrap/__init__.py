"""Gift wrapping."""
