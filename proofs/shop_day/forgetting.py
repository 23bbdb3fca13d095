"""Customers with an account and guests who bought that day ask to be forgotten. Who has open money has to wait."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from proofs.erasure.days import account_gone
from proofs.erasure.planted import left
from proofs.shop_day.documents import documents_of, draw_anew
from proofs.shop_day.shop import Bought, Shop
from proofs.shopper import PASSWORD

_OWN = "/api/v1/accounts/me"
# Seconds: for the last job that has the address to end.
_GONE = 60
# What happened to the orders of guests who are erased: nothing is open about them.
GUESTS = ("sent", "refunded_by_line", "return_withdrawn", "refunded_in_dashboard", "declined")


async def forget(shop: Shop) -> list[str]:
    """What is still known of them afterwards. Each customer asks, and a guest of each of some stories."""
    gone = [*await _customers(shop), *await _guests(shop)]
    for bought in gone:
        draw_anew(await documents_of(shop, bought))
    known = [complaint for bought in gone for complaint in await _shown(shop, bought)]
    return known + await left(shop.store, sorted({each.buyer.email for each in gone}), _GONE)


async def _customers(shop: Shop) -> list[Bought]:
    """The orders of the customers about whom nothing is open, after their accounts are erased."""
    by_name: dict[str, list[Bought]] = {}
    for each in shop.bought:
        if each.wish.buyer:
            by_name.setdefault(each.wish.buyer, []).append(each)
    gone, waiting = list[Bought](), list[str]()
    for orders in by_name.values():
        reasons = await _open(shop, orders)
        if reasons:
            waiting += reasons
        else:
            gone += orders
    assert gone, f"no customer can be erased: {waiting}"
    assert waiting, "nothing is open of any customer"
    names = ", ".join(sorted({each.wish.buyer for each in gone}))
    print(f"  {names} are erased; others wait: {'; '.join(waiting)}", flush=True)
    return gone


async def _open(shop: Shop, orders: list[Bought]) -> list[str]:
    """Why this customer cannot be erased now; none: it was done."""
    who = orders[0].buyer
    who.headers.pop("Authorization", None)
    await who.sign_in(PASSWORD)
    account = (await who.call("GET", _OWN)).body["id"]
    asked = await who.call("POST", f"{_OWN}/erasure")
    if asked.type == "erasure-blocked":
        reasons: list[str] = asked.body["reasons"]
        return reasons
    assert asked.status == 202, asked
    await _exported(shop, orders)
    await account_gone(shop.store, account, 90)
    refused = await who.call("POST", "/api/v1/sessions", json={"email": who.email, "password": PASSWORD})
    assert refused.status == 401, refused
    state = (await shop.ask("GET", f"/api/v1/admin/accounts/{account}/erasure"))["state"]
    assert state == "erased", state
    return []


async def _exported(shop: Shop, orders: list[Bought]) -> None:
    """The customer's copy of all that is known has each of the orders."""
    who = orders[0].buyer
    made = await who.call("POST", f"{_OWN}/exports")
    assert made.status == 202, made
    path = f"{_OWN}/exports/{made.body['id']}/file"
    answer = await shop.until(partial(_file, orders[0], path), f"the export of {who.email}")
    missing = [each.name for each in orders if each.order["number"] not in answer]
    assert not missing, f"the export of {who.email} lacks {missing}"


async def _file(bought: Bought, path: str) -> Any:
    answer = await bought.buyer.call("GET", path)
    return json.dumps(answer.body) if answer.status == 200 else ""


async def _guests(shop: Shop) -> list[Bought]:
    """The orders of the guests who are erased: by staff whom they asked, the second time without effect.

    One whose order is still to be sent has to wait.
    """
    guests = [each for each in shop.bought if not each.wish.buyer]
    by_story = {each.wish.story or each.wish.ending: each for each in guests}
    found = {story: by_story[story] for story in GUESTS}
    for guest in found.values():
        erased = [await shop.ask("POST", f"{guest.path}/erasure") for _ in range(2)]
        assert erased == [{"erased": True, "orders": 1}, {"erased": True, "orders": 0}], f"{guest.name}: {erased}"
    waits = await shop.asked("POST", f"{by_story['left'].path}/erasure")
    assert waits.type == "erasure-blocked", f"a guest whose order is to be sent: {waits}"
    print(f"  guests are erased whose orders were {', '.join(found)}", flush=True)
    return [*found.values()]


async def _shown(shop: Shop, bought: Bought) -> list[str]:
    """What staff are shown of who is forgotten: in the order, and by a search."""
    shown = json.dumps(await shop.ask("GET", bought.path), ensure_ascii=False)
    words = (bought.buyer.email, f"Ada Nr. {bought.wish.number}", "Torstr.", "Ringstr.", "Rivoli", "Bahnhofstr.")
    wrong = [f"{bought.name} tells {word} of who is forgotten" for word in words if word in shown]
    found = await shop.all_pages(f"/api/v1/admin/orders?email={bought.buyer.email}")
    return [*wrong, *([f"{bought.buyer.email} is found"] if found else [])]
