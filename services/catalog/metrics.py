"""The metrics of the catalog, beside those of requests."""

from __future__ import annotations

from catalog.domain.stock import Outcome
from catalog.importing.batch import OUTCOMES
from chassis import telemetry

reservations = telemetry.counter(
    "catalog_reservations", "Orders that asked for stock, by the answer", {"outcome": list(Outcome)}
)
expired = telemetry.counter("catalog_reservations_expired", "Holds that lapsed and went back")
sold = telemetry.counter("catalog_units_sold", "Units taken off the shelf for orders")
imported = telemetry.counter(
    "catalog_products_imported", "Products of imports, by what became of them", {"outcome": OUTCOMES}
)
pictures = telemetry.counter(
    "catalog_pictures", "Tries to fetch a picture", {"outcome": ("fetched", "again", "failed")}
)
searches = telemetry.counter(
    "catalog_searches",
    "First pages of searches by words, by whether they found a product",
    {"outcome": ("found", "empty")},
)
views = telemetry.counter("catalog_product_views", "Product pages read")
stock_outs = telemetry.shared_gauge("catalog_stock_outs", "Variants on sale of which no unit is left")
