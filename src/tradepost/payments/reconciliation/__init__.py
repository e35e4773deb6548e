"""What the ledger and a provider say of the same money, and what staff do about it."""
