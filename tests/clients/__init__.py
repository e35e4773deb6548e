"""Clients that are made from the API's schema, and what tries the API by it alone: each buys or asks at a live server."""
