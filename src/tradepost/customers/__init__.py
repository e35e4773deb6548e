"""Customers, their groups and addresses, over any user model."""
