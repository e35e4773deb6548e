"""Documents, before and around their execution: which are known, what they ask for, and how much of it."""
