"""Rules of products, stock and reservations, without a database."""
