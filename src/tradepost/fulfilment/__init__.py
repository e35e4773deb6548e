"""Shipments of orders."""
