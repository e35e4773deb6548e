"""Exchange rates: their sources, loading them, and what is on file."""
