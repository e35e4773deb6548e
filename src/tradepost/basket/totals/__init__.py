"""Calculation of a basket's totals, and what else is computed from a basket."""
