"""Addresses, by the rules of their countries."""

from __future__ import annotations

from orders.addresses.countries import COUNTRIES, ENCODED, Countries, lines_of
from orders.addresses.models import Address, ShippingAddress
from orders.addresses.postal_codes import folded

__all__ = [
    "COUNTRIES",
    "ENCODED",
    "Address",
    "Countries",
    "ShippingAddress",
    "folded",
    "lines_of",
]
