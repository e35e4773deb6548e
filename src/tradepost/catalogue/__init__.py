"""Products, their variants, attributes, categories and collections."""
