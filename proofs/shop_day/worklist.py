"""The work list: staff find orders, tag them, note something, put them away, and export all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import quote

from proofs.shop_day.shop import ORDERS, Bought, Shop

TAG = "shop-day"
# Stories after which no piece is left that could be sent.
_NOTHING_LEFT = {"cancelled_whole", "refunded_whole", "refunded_by_two"}
_NOTE = "Rang twice, nobody answered."


async def find_orders(shop: Shop) -> None:
    """Each filter comes to find the orders that it should, and no other."""
    filters: dict[str, Callable[[Bought], bool]] = {
        "currency=CHF": lambda each: each.wish.currency == "CHF",
        "country=AT": lambda each: each.wish.country == "AT",
        "life=cancelled": lambda each: not each.wish.is_paid or each.wish.story in _NOTHING_LEFT,
        "payment_method=bank_transfer&payment_method=cash": lambda each: each.wish.payment != "card",
        f"sku={shop.shelf[0].sku}": lambda each: shop.shelf[0].sku in {line["sku"] for line in each.order["lines"]},
        f"email={quote(shop.bought[2].buyer.email)}": lambda each: each.buyer.email == shop.bought[2].buyer.email,
        f"text={quote('ada nr. 7')}": lambda each: each.wish.number == 7,
    }
    for query, belongs in filters.items():
        expected = {each.id for each in shop.bought if belongs(each)}
        assert expected, query
        await shop.until(partial(_finds, shop, query, expected), f"{query} to find {len(expected)} orders of the day")


async def _finds(shop: Shop, query: str, expected: set[str]) -> bool:
    """Whether it finds these alone: who went away has a minute before the order ends."""
    return {each["id"] for each in await shop.all_pages(f"{ORDERS}?{query}")} == expected


async def file_orders(shop: Shop) -> None:
    """Tag the orders that are not sent yet, save a view of them, note something about one, and put one away."""
    waiting = [each for each in shop.bought if each.wish.story == "left"]
    ids = [each.id for each in waiting]
    for preview in (True, False):
        edited = await shop.ask("POST", f"{ORDERS}/edits", {"order_ids": ids, "add_tags": [TAG], "preview": preview})
        assert {each["outcome"] for each in edited["items"]} == {"changed"}, edited
    wish = {"title": "To be sent", "shared": True, "filters": {"tag": [TAG]}}
    view = await shop.ask("POST", "/api/v1/admin/order-views", wish)
    found = {each["id"] for each in await shop.all_pages(f"{ORDERS}?tag={view['filters']['tag'][0]}")}
    assert found == set(ids), f"the saved view finds {found}, not {ids}"
    await shop.ask("POST", f"{waiting[0].path}/notes", {"body": _NOTE})
    shown = await shop.ask("GET", waiting[0].path)
    assert [each["body"] for each in shown["notes"]] == [_NOTE], shown["notes"]
    sent = next(each for each in shop.bought if each.wish.story == "sent")
    await shop.ask("POST", f"{ORDERS}/edits", {"order_ids": [sent.id], "archived": True})
    assert (await shop.ask("GET", sent.path))["life"] == "archived"


class Export:
    """The rows of an export, with the figures of each order."""

    def __init__(self, text: str) -> None:
        self._rows = list(csv.DictReader(io.StringIO(text)))
        self.complaints = list(self._wrong())

    def _wrong(self) -> Iterable[str]:
        *lines, last = self._rows
        if (last["record"], last["row"]) != ("end", str(len(lines))):
            yield f"the export ends with {last['record']} {last['row']} after {len(lines)} rows"
        for row in lines:
            begins = [name for name, cell in row.items() if cell and cell[0] in "=+@\t\r"]
            if begins:
                yield f"cells of order {row['number']} begin as a formula does: {begins}"

    def by_order(self, figure: str) -> dict[str, int]:
        """A figure of each order, in minor units; of the paid ones alone."""
        return {row["order_id"]: int(row[figure]) for row in self._rows[:-1] if row["paid_at"]}


async def export(shop: Shop) -> Export:
    """All orders of the day, as staff get them."""
    text: Any = await shop.ask("GET", f"{ORDERS}/export.csv")
    return Export(str(text))
