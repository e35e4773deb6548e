"""Finance: what was sold and what is owed of it, and money that waits for somebody."""
