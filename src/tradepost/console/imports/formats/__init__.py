"""The formats of catalogue files that are read."""
