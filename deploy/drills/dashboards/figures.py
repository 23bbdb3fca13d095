"""What the shop's panels must show, from the books (SQL) and from what the shoppers did; and how they differ.

`increase()` extends what it saw to the whole range, by less than a scrape: counts agree when rounded, money within 1 %.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter

from deploy.drills.dashboards.asked import Prometheus, Query, filled
from deploy.observability.dashboards.grafana import FOLDER
from proofs.store import ProofStore

Shown = dict[tuple[str, str], float]  # by title and legend
_ORDERS = """
select currency, count(*)::int as placed, avg(total)::float as basket, count(paid_at)::int as paid,
    coalesce(sum(total) filter (where paid_at is not null), 0)::float as revenue from orders group by currency
"""
_STOCK_OUTS = """
select count(*)::int from variants v join products p on p.id = v.product_id join stock s on s.variant_id = v.id
where p.status = 'active' and s.tracked and not s.backorder and s.on_hand <= s.reserved
"""
_DISPUTES = "select count(*)::int from provider_cases where kind = 'dispute' and status = 'needs_response'"
# Panels by the first word of what the journal counts.
_PANELS = {
    "declined": "Declines by reason",
    "bank": "Asked by the bank (3-D Secure)",
    "told": "Steps of the checkout",
    "parcel": "Parcels",
    "return": "Returns",
    "back": "Pieces that came back",
}
# Staff did not sign up.
_SIGN_UPS = "select count(*)::int from accounts where roles = '{customer}'"
_SESSIONS = (
    "select count(*)::int from sessions where ended_at is null and idle_until > now() and absolute_until > now()"
)


async def by_the_books(store: ProofStore, journal: Counter[str]) -> Shown:
    """What the panels of the shop must show."""
    orders = await store.rows("orders", _ORDERS)
    placed, paid = sum(row["placed"] for row in orders), sum(row["paid"] for row in orders)
    shown: Shown = {
        ("Orders placed", "orders"): placed,
        ("Orders paid", "orders"): paid,
        ("Funnel", "1 product seen"): journal["seen"],
        ("Funnel", "2 put into a cart"): journal["put into a cart"],
        ("Funnel", "3 checkout accepted"): placed,
        ("Funnel", "4 paid"): paid,
        ("Searches without result", "empty"): journal["empty"] / (journal["empty"] + journal["found"]),
        ("Carts made", "guest"): journal["cart"],
        ("Carts never ordered", "left"): 1 - placed / journal["cart"],
        ("Sign-ups", "accounts"): await store.value("identity", _SIGN_UPS),
        ("Signed in", "sessions"): await store.value("identity", _SESSIONS),
        ("Out of stock", "variants"): await store.value("catalog", _STOCK_OUTS),
        ("Need a person", "payments"): 0,
    }
    for row in await store.rows("orders", "select kind, count(*)::int as number from documents group by 1"):
        shown["Invoices and credit notes", row["kind"]] = row["number"]
    shown["Disputes", "go on"] = await store.value("payments", _DISPUTES)
    for row in orders:
        shown["Revenue", row["currency"]] = row["revenue"]
        shown["Average basket", row["currency"]] = row["basket"]
    for name, number in journal.items():
        panel = _PANELS.get(name.partition(": ")[0])
        if panel:
            shown[panel, name.partition(": ")[2]] = number
    return shown


async def by_the_panels(prometheus: Prometheus) -> Shown:
    """What the shop's panels of single values show now."""
    page = json.loads((FOLDER / "shop.json").read_text(encoding="utf-8"))
    shown: Shown = {}
    for panel in page["panels"]:
        for target in panel.get("targets", []):
            if target["range"]:
                continue
            query = Query(panel["title"], filled(target["expr"], prometheus.range), over_time=False)
            for series in await prometheus.ask(query):
                legend = _legend(target["legendFormat"], series["metric"])
                shown[panel["title"], legend] = float(series["value"][1])
    return shown


def _legend(text: str, labels: dict[str, str]) -> str:
    return re.sub(r"{{(\w+)}}", lambda found: labels.get(found[1], ""), text)


def differences(expected: Shown, shown: Shown) -> list[str]:
    """Panels that show something else than the books have."""
    found = []
    for (panel, legend), value in sorted(expected.items()):
        there = shown.get((panel, legend), math.nan)
        exact = isinstance(value, int) and abs(value) < 1_000
        if not (abs(there - value) < 0.5 if exact else math.isclose(there, value, rel_tol=0.01)):
            found.append(f"shop: {panel} ({legend}) shows {there:g}, the books have {value:g}")
    return found
