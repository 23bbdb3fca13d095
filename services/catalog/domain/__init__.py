"""What the catalog is about, without a database: products and their import, stock and reservations."""
