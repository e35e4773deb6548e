"""What every app stands on: money, transactions, settings, events, state machines, jobs. It knows no commerce."""
