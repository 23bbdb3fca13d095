"""B3 B4: a guest's link opens their own order alone, also for a copy and an erasure; an address opens nothing."""

from __future__ import annotations

import json
import uuid
from contextlib import AsyncExitStack
from typing import Any

from chassis.web import pagination
from proofs.attack.people import boss_of, member, program
from proofs.products import Variant, variants
from proofs.shopper import ADDRESS, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Guests: the link to an order copies and erases that order, and no other of the same address"
THEIRS = "Nobody's business 7"
LINE = "select shipping_address ->> 'line1' from orders where id = $1::uuid"


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    variant = next(each for each in await variants(store) if each.available >= 5)
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        support = await stack.enter_async_context(member(store, boss, "support"))
        customer = await stack.enter_async_context(member(store, boss, "customer"))
        key = await stack.enter_async_context(program(store, boss, "orders:read", "orders:write"))
        victim = await stack.enter_async_context(shopper(store, https=False))
        # Anybody may order with somebody else's address.
        thief = await stack.enter_async_context(shopper(store, https=False, email=victim.email))
        theirs, own = await _ended(victim, variant, THEIRS), await _ended(thief, variant, "Thief's lane 1")
        account_order = (await customer.order(variant)).body["order"]["id"]
        wrong = await _copies(thief, theirs, own)
        wrong += await _elsewhere(thief, {"another guest's": theirs, "an account's": account_order}, own)
        wrong += await _staff(theirs, {"support": support, "an API key": key, "a customer": customer})
        wrong += await _erased(store, thief, victim, theirs, own)
        assert (await customer.call("POST", f"/api/v1/orders/{account_order}/cancel")).status == 200
    return wrong


async def _ended(guest: Shopper, variant: Variant, line: str) -> str:
    """An order that nothing is open of."""
    placed = await guest.order(variant, shipping_address={**ADDRESS, "line1": line})
    assert placed.status == 201, placed
    order_id = str(placed.body["order"]["id"])
    assert (await guest.call("POST", f"/api/v1/orders/{order_id}/cancel")).status == 200
    await guest.until(order_id, "cancelled")
    return order_id


def _places(theirs: str) -> list[str]:
    """Places of pages that were not given to this guest."""
    made: list[tuple[Any, ...]] = [
        ("orders", ""),
        ("orders", "00000000-0000-0000-0000-000000000000"),
        ("order_lines", f"{theirs}/0"),
        ("accounts", ""),
        ("pg_catalog.pg_authid", ""),
        ("orders'; drop table orders; --", ""),
        ("payments", theirs, ""),
        ("payments", "00000000-0000-0000-0000-000000000000", ""),
        ("payments", theirs, pagination.encode(("payments", theirs))),
        ("payments", "no-id", ""),
        ("payments", theirs),
        ("payments", theirs, "", ""),
        ("orders", "\0"),
        (1, 2),
        (),
    ]
    return [*map(pagination.encode, made), "AAAA", "x" * 600, "%00", "../../accounts"]


async def _copies(thief: Shopper, theirs: str, own: str) -> list[str]:
    """The copy of the thief's order, from each place where a page could begin, has nothing of the other's."""
    path, wrong, seen = f"/api/v1/orders/{own}/personal-data", [], 0
    for place in ["", *_places(theirs)]:
        answer = await thief.call("GET", f"{path}?after={place}" if place else path)
        whole = json.dumps(answer.body)
        seen += "Thief's lane 1" in whole
        if answer.status not in {200, 400, 422} or THEIRS in whole or theirs in whole:
            wrong.append(f"a page of a guest's copy after {place[:60]!r}: {answer.status} {whole[:200]}")
    print(f"  {len(_places(theirs))} places of pages, {seen} of them in the own copy", flush=True)
    return wrong if seen else [*wrong, "the copy of the own order has not its own address, so nothing was shown"]


async def _elsewhere(thief: Shopper, others: dict[str, str], own: str) -> list[str]:
    """The link of one order, and what can be made of it, at another order."""
    token = thief.headers["Order-Token"]
    number = (await thief.call("GET", f"/api/v1/orders/{own}")).body["number"]
    wrong = []
    for what, order_id in others.items():
        for headers in ({}, {"Order-Token": ""}, {"Order-Token": f"{token}, {token}"}, {"Order-Token": token[:-1]}):
            for method, end in (("GET", "personal-data"), ("POST", "erasure")):
                body = {"order_number": number} if method == "POST" else None
                answer = await thief.call(method, f"/api/v1/orders/{order_id}/{end}", json=body, **headers)
                if answer.status not in {401, 403, 404, 429}:
                    wrong.append(f"{method} {end} of {what} order by another's link: {answer}")
    mistyped = await thief.call("POST", f"/api/v1/orders/{own}/erasure", json={"order_number": "M-000000"})
    return wrong if mistyped.status == 422 else [*wrong, f"an erasure with another number: {mistyped}"]


async def _staff(theirs: str, people: dict[str, Shopper]) -> list[str]:
    """Who may read orders has not the right to erase, and a program has neither."""
    path = f"/api/v1/admin/orders/{theirs}"
    right = {
        ("support", "personal-data"): {200},
        ("support", "erasure"): {403},
        ("an API key", "personal-data"): {401, 403},
        ("an API key", "erasure"): {401, 403},
        ("a customer", "personal-data"): {403},
        ("a customer", "erasure"): {403},
    }
    wrong = []
    for (who, end), statuses in right.items():
        method = "GET" if end == "personal-data" else "POST"
        answer = await people[who].call(method, f"{path}/{end}", **{"Idempotency-Key": uuid.uuid4().hex})
        if answer.status not in statuses:
            wrong.append(f"{end} of a guest as {who}: {answer.status}")
    return wrong


async def _erased(store: ProofStore, thief: Shopper, victim: Shopper, theirs: str, own: str) -> list[str]:
    """The thief is erased: from the one order, and the link is good for nothing more."""
    number = (await thief.call("GET", f"/api/v1/orders/{own}")).body["number"]
    done = await thief.call("POST", f"/api/v1/orders/{own}/erasure", json={"order_number": number})
    wrong = [] if (done.status, done.body.get("orders")) == (200, 1) else [f"an erasure by the link: {done}"]
    if await store.value("orders", LINE, theirs) != THEIRS:
        wrong.append("a guest's erasure takes another's order of the same address with it")
    for method, end, body in (
        ("GET", "", None),
        ("GET", "/personal-data", None),
        ("POST", "/erasure", {"order_number": number}),
    ):
        answer = await thief.call(method, f"/api/v1/orders/{own}{end}", json=body)
        if answer.status != 404:
            wrong.append(f"{method} {end or 'the order'} by the link of an erased order: {answer}")
    kept = await victim.call("GET", f"/api/v1/orders/{theirs}/personal-data")
    return wrong if THEIRS in json.dumps(kept.body) else [*wrong, f"the other guest's copy is lost: {kept.status}"]
