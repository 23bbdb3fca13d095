"""Parcels, pieces and restocks in the database."""
