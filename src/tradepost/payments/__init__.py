"""Payments, their ledger, and the interface of payment gateways."""
