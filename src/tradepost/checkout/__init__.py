"""From a basket to a paid order: prepare, pay, settle."""
