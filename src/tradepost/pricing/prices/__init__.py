"""Price lists: quoting, writing, history, conversion."""
