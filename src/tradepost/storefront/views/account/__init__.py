"""Views of the customer's account."""
