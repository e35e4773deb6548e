"""The section of orders: the list, an order's page, what is done with it, and what is printed."""
