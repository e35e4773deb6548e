"""Payments of the shop, and what of them waits for staff."""
