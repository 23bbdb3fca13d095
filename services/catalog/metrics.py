"""The metrics of the catalog, beside those of requests."""

from __future__ import annotations

from chassis import telemetry

reservations = telemetry.counter("catalog_reservations", "Orders that asked for stock, by the answer", ("outcome",))
expired = telemetry.counter("catalog_reservations_expired", "Holds that lapsed and went back")
sold = telemetry.counter("catalog_units_sold", "Units taken off the shelf for orders")
imported = telemetry.counter("catalog_products_imported", "Products of imports, by what became of them", ("outcome",))
pictures = telemetry.counter("catalog_pictures", "Tries to fetch a picture: fetched, again or failed", ("outcome",))
