"""Providers as they answer over the wire, on the loopback interface; strict where the real ones are."""
