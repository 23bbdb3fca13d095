"""The metrics of the catalog, beside those of requests."""

from __future__ import annotations

from catalog.domain.browsing import CheckoutStep, PageKind, ScriptError, Vital, Way
from catalog.domain.stock import Outcome
from catalog.importing.batch import OUTCOMES
from chassis import telemetry

reservations = telemetry.counter(
    "catalog_reservations", "Orders that asked for stock, by the answer", {"outcome": list(Outcome)}
)
expired = telemetry.counter("catalog_reservations_expired", "Holds that lapsed and went back")
sold = telemetry.counter("catalog_units_sold", "Units taken off the shelf for orders")
restocked = telemetry.counter("catalog_units_restocked", "Units of orders that went back on the shelf")
imported = telemetry.counter(
    "catalog_products_imported", "Products of imports, by what became of them", {"outcome": OUTCOMES}
)
pictures = telemetry.counter(
    "catalog_pictures", "Tries to fetch a picture", {"outcome": ("fetched", "again", "failed")}
)
uploads = telemetry.counter(
    "catalog_uploads", "Pictures that staff uploaded, by what became of them", {"outcome": ("stored", "refused")}
)
searches = telemetry.counter(
    "catalog_searches",
    "First pages of searches by words, by whether they found a product",
    {"outcome": ("found", "empty")},
)
views = telemetry.counter("catalog_product_views", "Product pages read")
stock_outs = telemetry.shared_gauge("catalog_stock_outs", "Variants on sale of which no unit is left")
stock_low = telemetry.shared_gauge(
    "catalog_stock_low", "Variants of which no more is left than the number below which staff want to be told"
)
page_seconds = telemetry.histogram(
    "browser_page_seconds",
    "What pages took, as browsers of shoppers who agreed tell: largest paint, slowest interaction, first byte",
    {"vital": [vital for vital in Vital if vital is not Vital.CLS], "page": list(PageKind)},
    # What is good, and what is poor, by the field's thresholds are edges.
    (0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1.2, 1.8, 2.5, 4.0, 8.0),
)
page_shift = telemetry.histogram(
    "browser_page_shift",
    "How much of a page moved while it was seen (CLS), as browsers of shoppers who agreed tell",
    {"page": list(PageKind)},
    (0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0),
)
checkout_steps = telemetry.counter(
    "browser_checkout_steps",
    "Steps of the checkout, once in a tab for a purchase, as browsers of shoppers who agreed tell; "
    "`left`: for another page than the next step's",
    {"step": list(CheckoutStep), "way": list(Way)},
)
script_errors = telemetry.counter(
    "browser_errors",
    "Errors of pages by kind, as browsers of shoppers who agreed tell",
    {"page": list(PageKind), "kind": list(ScriptError)},
)
