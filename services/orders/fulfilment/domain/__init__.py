"""The rules of parcels: what may be sent, and what becomes of it."""
