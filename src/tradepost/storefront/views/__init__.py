"""Pages. Each view reads the request, calls services, and shows what came of it; rules are theirs."""
