"""Cells of catalogue files: texts, amounts, units, and the tables they stand in."""
