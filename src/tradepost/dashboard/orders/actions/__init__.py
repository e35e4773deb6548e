"""Actions on an order: each is one service's, with a form that asks and a preview of what it comes to."""
