"""Who calls, from where, how often, and where they may be sent back to."""
