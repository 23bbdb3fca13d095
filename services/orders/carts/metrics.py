"""Metrics of carts. No label identifies a person."""

from __future__ import annotations

from chassis.telemetry import counter

carts = counter("carts_created", "Carts made", {"kind": ("guest", "account")})
additions = counter("cart_additions", "Articles put into a cart, or more pieces of one")
