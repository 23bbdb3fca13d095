"""Metrics of parcels."""

from __future__ import annotations

from chassis.telemetry import counter

parcels = counter(
    "order_parcels", "Parcels by what was done with them", {"step": ("sent", "by_hand", "delivered", "cancelled")}
)
pieces = counter("order_pieces_sent", "Pieces that were put into parcels")
restocks = counter(
    "order_restocks", "Restocks that the catalog has answered", {"outcome": ("done", "unknown variants")}
)
