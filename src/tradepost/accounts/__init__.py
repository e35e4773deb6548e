"""Accounts: who customers are, proven by their mailbox, and how they come in; over any user model."""
