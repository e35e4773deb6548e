"""What a request says of who sends it, and how often they may try."""
