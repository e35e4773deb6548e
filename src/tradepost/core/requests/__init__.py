"""Facts about a request: who sends it, how often they may try, and what every surface answers alike."""
