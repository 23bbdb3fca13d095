"""Orders that staff put together: a draft, its price, and a link to pay it in a mail to the customer."""

from __future__ import annotations

import re
from typing import Any

from proofs.shop_day.shop import Shop
from proofs.shopper import Shopper

_DRAFTS = "/api/v1/admin/drafts"
_FIELDS = (
    *("email", "currency", "lines", "shipping_address", "billing_address", "vat_id", "shipping_method"),
    *("discount_codes", "payment_method", "locale"),
)
_LINK = re.compile(r"/orders/([0-9a-f-]{36})#token=(\S+)")


async def placed_by_staff(shop: Shop, buyer: Shopper, wanted: dict[str, Any]) -> dict[str, Any]:
    """The order that a draft became, and what its customer has of it, as an answer to an order of their own."""
    fields = {name: wanted[name] for name in _FIELDS}
    draft = await shop.ask("POST", _DRAFTS, {**fields, "note": "As we agreed"})
    path = f"{_DRAFTS}/{draft['id']}"
    price = await shop.ask("POST", f"{path}/price")
    assert (price["missing"], price["calculation"]["total"]) == ([], wanted["expected_total"]), price
    wish = {"version": price["version"], "expected_total": wanted["expected_total"]}
    sent = [await shop.ask("POST", f"{path}/send", wish) for _ in range(2)]
    assert [each["id"] for each in sent] == [draft["id"]] * 2, "a draft that is sent twice is one order"
    token = await _mailed(shop, buyer, draft["id"])
    key = {"Order-Token": token}
    order = (await buyer.call("GET", f"/api/v1/orders/{draft['id']}", **key)).body
    payment = (await buyer.call("GET", f"/api/v1/orders/{draft['id']}/payment", **key)).body
    first = (await shop.ask("GET", f"/api/v1/admin/orders/{draft['id']}"))["history"][0]
    assert first["actor"], f"nobody is named as who placed a draft: {first}"
    return {**payment, "order": order, "order_token": token}


async def _mailed(shop: Shop, buyer: Shopper, order_id: str) -> str:
    """The token of the link to pay."""

    async def link() -> str:
        found = [_LINK.search(mail["text"]) for mail in await shop.store.mails(buyer.email)]
        return next((match[2] for match in found if match and match[1] == order_id), "")

    return str(await shop.until(link, f"a mail to {buyer.email} with a link to pay"))
