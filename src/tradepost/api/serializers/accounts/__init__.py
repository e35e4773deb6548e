"""Accounts: what is asked for and handed in, and the sessions of devices."""
