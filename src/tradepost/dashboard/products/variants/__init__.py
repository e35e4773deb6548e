"""The variants of a product as a sheet, and what they differ in."""
