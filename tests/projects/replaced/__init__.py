"""A project that replaces the catalogue and the orders: a column on products, one more state of orders."""
