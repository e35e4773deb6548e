"""Values out of texts, files and forms: read exactly, or refused."""
