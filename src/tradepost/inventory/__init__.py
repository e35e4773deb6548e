"""Stock: levels, reservations, movements."""
