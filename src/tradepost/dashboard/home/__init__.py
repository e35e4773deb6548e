"""The first page: what waits, how today goes, and what a new shop still needs."""
