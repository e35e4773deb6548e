"""Views beside the pages: sign-in, search, and the actions of all pages."""
