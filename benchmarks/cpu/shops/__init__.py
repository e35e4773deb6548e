"""Settings and goods of the shops that are compared; each runs in an environment of its own, with this folder on its path."""
