"""The log of calls to providers, redacted."""
