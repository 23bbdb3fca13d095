"""Products, prices, images, stock and reservations."""
