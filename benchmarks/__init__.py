"""What is measured: queries against the budgets of the design, and times. ``python -m benchmarks``."""
