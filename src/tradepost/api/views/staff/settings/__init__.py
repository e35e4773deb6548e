"""Settings of the shop that stand in the database: deliveries, zones, taxes, exchange rates."""
