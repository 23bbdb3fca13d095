"""Metrics of orders, money and mails. No label identifies a person."""

from __future__ import annotations

from chassis.telemetry import counter, histogram
from orders.checkout.domain.holding import Kind, Scope
from orders.checkout.domain.order_values import Attention, OrderStatus, Reason

CURRENCY = "a currency that the shop sells in"
# What a checkout is refused for: types of problems.
REFUSALS = (
    *("out-of-stock", "cart-changed", "cart-empty", "price-changed", "hold-limit", "unknown-variant"),
    *("shipping-not-offered", "discount-rejected", "payment-method-not-offered", "too-many-declines"),
    *("total-not-payable", "payment-refused", "cart-not-found", "cart-ordered", "validation-error"),
    "dependency-unavailable",
)

placed = counter("orders_placed", "Orders accepted", {"kind": ("guest", "account"), "currency": CURRENCY})
paid = counter("orders_paid", "Orders paid", {"currency": CURRENCY})
revenue = counter("orders_revenue_minor", "Money taken, in minor units", {"currency": CURRENCY})
value = histogram(
    "orders_value_minor",
    "The total of each order accepted, in minor units: the size of a basket",
    {"currency": CURRENCY},
    (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000),
)
cancelled = counter("orders_cancelled", "Orders that ended unpaid", {"reason": list(Reason)})
attention = counter("orders_attention", "Orders that a person must put right", {"kind": list(Attention)})
checkouts = counter(
    "checkouts",
    "Checkouts by their first answer: accepted, or the type of the problem. A repeated request is not counted again",
    {"outcome": ("accepted", *REFUSALS)},
)
mails = counter(
    "order_mails",
    "Mails by kind and outcome",
    {
        "kind": (
            *("confirmation", "cancelled", "stock_lost", "link", "staff", "placed", "payment_link", "shipped"),
            *("refunded", "cancelled_by_shop", "return_approved", "return_refused", "return_received"),
            *("email_changed", "email_new"),
        ),
        "outcome": ("sent", "refused", "withheld", "not configured"),
    },
)
resumed = counter("orders_resumed", "Orders taken up by the sweep, by where they stood", {"status": list(OrderStatus)})
holds_refused = counter(
    "orders_holds_refused", "Orders refused for what is held unpaid", {"scope": list(Scope), "kind": list(Kind)}
)


def start(currencies: tuple[str, ...]) -> None:
    """Begin at 0 what is counted by currency."""
    for currency in currencies:
        for metric in (placed, paid, revenue, value):
            metric.start(currency)
