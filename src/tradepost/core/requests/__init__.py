"""Facts about a request: who sends it, and how often they may try."""
