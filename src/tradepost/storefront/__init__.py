"""A server-rendered shop front."""
