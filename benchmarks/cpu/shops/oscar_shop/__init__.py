"""A shop on django-oscar as its documentation sets one up: no app forked, guests may buy, no payment is taken."""
