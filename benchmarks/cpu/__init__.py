"""Processor time of a request, of its worker and of PostgreSQL's process, beside other builds and shops."""
