"""Demonstration data: goods, pictures that are drawn, customers, orders."""
