"""Measurements: queries against the budgets of the design, and times. ``python -m benchmarks``."""
