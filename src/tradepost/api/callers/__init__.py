"""Callers of the API: who they are, from where, how often, and where they may be sent back to."""
