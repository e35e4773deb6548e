"""Serializers of customers: their profiles and address books, consents, and the forms of addresses."""
