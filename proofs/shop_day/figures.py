"""The shop's own figures of the day, beside those of its orders."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from proofs.shop_day.shop import Shop
from proofs.shop_day.sums import Kept, Row, summed
from proofs.shop_day.wishes import CURRENCIES

_FIGURES = "/api/v1/admin/figures"


async def figure_rows(shop: Shop, kept: Kept, first_day: date) -> list[Row]:
    """What came in and went back, and how many orders and pieces: by day, by country and by product."""
    # The shop's days may begin elsewhere than the database's.
    days = f"from={first_day - timedelta(days=1)}&until={await shop.today() + timedelta(days=1)}"
    sales = (await shop.ask("GET", f"{_FIGURES}/sales?{days}&by=day"))["items"]
    countries = (await shop.ask("GET", f"{_FIGURES}/countries?{days}"))["items"]
    currency_of = {each.id: each.wish.currency for each in shop.bought}
    rows = []
    for currency in CURRENCIES:
        paid = [each for each in shop.bought if each.wish.currency == currency and each.wish.is_paid]
        came = summed(kept.came_in["orders"], currency_of, currency)
        back = summed(kept.went_back["orders"], currency_of, currency)
        products = await shop.all_pages(f"{_FIGURES}/products?{days}&currency={currency}")
        of_orders = sum(line["quantity"] for each in paid for line in each.order["lines"])
        by_day, by_country = (_sums(each, currency) for each in (sales, countries))
        rows += [
            Row("figures: came in", currency, _sides(came, by_day["gross"], by_country["gross"])),
            Row("figures: went back", currency, _sides(back, by_day["refunded"], by_country["refunded"])),
            Row(f"paid orders in {currency}", "", _sides(len(paid), by_day["orders"], by_country["orders"])),
            Row(
                f"pieces sold in {currency}",
                "",
                {"orders": of_orders, "by product": sum(each["sold"] for each in products)},
            ),
        ]
    return rows


def _sides(orders: int, by_day: int, by_country: int) -> dict[str, int]:
    return {"orders": orders, "by day": by_day, "by country": by_country}


def _sums(items: list[dict[str, Any]], currency: str) -> Counter[str]:
    found = Counter[str]()
    for each in items:
        if each["gross"]["currency"] == currency:
            found.update(gross=each["gross"]["amount"], refunded=each["refunded"]["amount"], orders=each["orders"])
    return found
