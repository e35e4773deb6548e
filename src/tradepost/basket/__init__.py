"""Baskets and their totals."""
