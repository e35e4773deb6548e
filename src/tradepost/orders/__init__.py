"""Orders: what was bought, by whom, in which state."""
