"""Comparison of the ledger with providers, and the staff's work on what differs."""
