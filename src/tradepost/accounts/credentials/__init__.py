"""Texts that callers hold: refresh tokens and API keys. Of both only hashes are stored."""
