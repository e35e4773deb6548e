"""A shop on django-salesman as its documentation sets one up: a product model and viewset of its own, one payment method."""
