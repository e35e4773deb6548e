"""The time, the days of the shop, and periods."""
