"""The ground of every app: money, transactions, settings, events, state machines, jobs. It knows no commerce."""
