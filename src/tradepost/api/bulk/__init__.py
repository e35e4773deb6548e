"""Bulk calls: many rows at once, each with a result of its own; a large one becomes a job."""
