"""Taxes: the calculation, services outside, tax ids."""
