"""What providers were asked and answered, redacted."""
