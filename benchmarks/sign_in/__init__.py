"""Signing in and refreshing under load."""
