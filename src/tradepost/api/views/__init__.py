"""Views: thin; each scopes its rows, calls one service and serialises."""
