"""Returns for staff and for shoppers."""
