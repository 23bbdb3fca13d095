"""Metrics of erasures. No label identifies a person."""

from __future__ import annotations

from chassis.telemetry import counter

erased = counter("orders_erased", "Orders whose person was erased")
blocked = counter("order_erasures_blocked", "Erasures that were refused because something is open")
