"""What totals are calculated from, and what else is computed from a basket."""
