"""Orders that staff prepare: by phone, at the counter, or in the stead of an order that isn't paid yet."""
