"""The customer's account: the entries of its menu, and the forms of its pages."""
