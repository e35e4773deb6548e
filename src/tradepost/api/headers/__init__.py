"""Headers that answers carry, and those of requests that are heeded: a module for each."""
