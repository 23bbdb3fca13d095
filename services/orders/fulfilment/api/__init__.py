"""Parcels for staff and for shoppers."""
