"""Parameters of the query string that every endpoint has in one form: a module for each."""
