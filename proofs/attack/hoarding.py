"""B2: one guest, and many guests of one address, try to reserve the shop's stock without paying.

200 shoppers of one address who order one unit each are not refused, nor is a customer at the address of the attackers.
"""

from __future__ import annotations

import asyncio
import uuid

from proofs.products import FREE_FROM, SHIPPING, Variant, set_stock, variants
from proofs.shopper import Answer, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Hoarding: unpaid orders reserve a limited part of the stock, and 200 shoppers of one address can buy"
PIECES, LINES, ORDERS = 20, 50, 7
PUPILS = 200
SCHOOL, ATTACKERS = "127.8.8.8", "127.8.9.9"
# The most units and unpaid orders of one guest, by the default settings.
UNITS, UNPAID = 100, 3


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks and the purchases that must not be refused."""
    shelf = await variants(store)
    for variant in shelf:
        await set_stock(store, variant, PIECES)
    complaints = [*await _one_guest(store, shelf), *await _many_guests(store, shelf)]
    return [*complaints, *await _customer(store, shelf[-1]), *await _school(store, shelf[0])]


async def _one_guest(store: ProofStore, shelf: list[Variant]) -> list[str]:
    """One guest places as many and as large orders as possible with one cart token."""
    before = await _reserved(store)
    answers: list[Answer] = []
    async with shopper(store, https=False) as guest:
        await _begin_cart(guest)
        for number in range(ORDERS):
            part = shelf[number * LINES % len(shelf) :][:LINES]
            answers.append(await _order(guest, [(variant, PIECES) for variant in part]))
            answers.append(await _order(guest, [(variant, 1) for variant in part]))
        answers += [await _order(guest, [(shelf[0], 1)]) for _ in range(UNPAID + 1)]
    held = await _reserved(store) - before
    placed = sum(answer.status == 201 for answer in answers)
    print(f"  one guest: {placed} of {len(answers)} orders, {held} pieces held", flush=True)
    wrong = [answer for answer in answers if answer.status != 201 and answer.type not in {"hold-limit", "rate-limited"}]
    return [
        *([f"one guest holds {held} pieces"] if held > UNITS else []),
        *([f"one guest has {placed} unpaid orders"] if placed > UNPAID else []),
        *[f"refused by {answer.status} {answer.type}" for answer in wrong],
    ]


async def _many_guests(store: ProofStore, shelf: list[Variant]) -> list[str]:
    """60 new guests of one address each order as much as they can: most of the stock must stay available."""
    before = await _reserved(store)

    async def one(number: int) -> Answer:
        async with shopper(store, https=False, source=ATTACKERS) as guest:
            part = shelf[number * 5 % len(shelf) :][:5]
            return await _order(guest, [(variant, PIECES // 2) for variant in part])

    answers = await asyncio.gather(*(one(number) for number in range(60)))
    held = await _reserved(store) - before
    pieces = PIECES * len(shelf)
    print(f"  60 guests at one address: {held} of {pieces} pieces held", flush=True)
    refused = [answer for answer in answers if answer.status != 201]
    return [
        *([f"guests at one address hold {held} of {pieces} pieces"] if held > pieces // 4 else []),
        *([] if refused else ["none of 60 guests at one address was refused"]),
    ]


async def _customer(store: ProofStore, variant: Variant) -> list[str]:
    """A customer can buy two units at the address where guests have reached their limit."""
    async with shopper(store, https=False, source=ATTACKERS) as customer:
        await customer.register()
        answer = await _order(customer, [(variant, 2)])
    return [] if answer.status == 201 else [f"a customer at their address is refused: {answer.status} {answer.type}"]


async def _school(store: ProofStore, variant: Variant) -> list[str]:
    """200 guests of one address order one unit each of 200: nobody is refused."""
    await set_stock(store, variant, PUPILS)

    async def one() -> Answer:
        key = uuid.uuid4().hex
        async with shopper(store, https=False, source=SCHOOL) as pupil:
            return await pupil.retry_on(503, lambda: pupil.order(variant, key))

    answers = await asyncio.gather(*(one() for _ in range(PUPILS)))
    refused = [f"{answer.status} {answer.type}" for answer in answers if answer.status != 201]
    print(f"  {PUPILS} shoppers at one address: {PUPILS - len(refused)} hold a piece each", flush=True)
    return (
        [f"{len(refused)} of {PUPILS} shoppers at one address were refused, first by {refused[0]}"] if refused else []
    )


async def _begin_cart(guest: Shopper) -> None:
    made = await guest.call("POST", "/api/v1/cart")
    assert made.status == 201, made
    guest.headers["Cart-Token"] = made.body["cart_token"]


async def _order(guest: Shopper, wanted: list[tuple[Variant, int]]) -> Answer:
    """Order these quantities."""
    goods = sum(variant.price * count for variant, count in wanted)
    return await guest.order(
        wanted[0][0],
        lines=[{"variant_id": variant.id, "quantity": count} for variant, count in wanted],
        expected_total={"amount": goods + (0 if goods >= FREE_FROM else SHIPPING), "currency": "EUR"},
    )


async def _reserved(store: ProofStore) -> int:
    return int(await store.value("catalog", "select coalesce(sum(reserved), 0) from stock"))
