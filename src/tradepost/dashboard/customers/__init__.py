"""The section of customers: the list, a customer's page, and what is done with one."""
