"""The dashboard: server-rendered pages in which a merchant works; optional."""
