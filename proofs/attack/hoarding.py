"""B2: one guest, one address with many guests, and one who renews, each try to hold the shop's stock without paying.

Two hundred shoppers behind one address, who hold one piece each, are refused nothing; nor is a customer
among the greedy.
"""

from __future__ import annotations

import asyncio
import uuid

from proofs.scenery import FREE_FROM, SHIPPING, Variant, put_on_shelf, variants
from proofs.shopper import Answer, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Hoarding: nobody holds the shop without paying, and a school behind one address can buy"
PIECES, LINES, ORDERS = 20, 50, 7
PUPILS = 200
SCHOOL, GANG = "127.8.8.8", "127.8.9.9"
# What one guest may hold at most, by the settings' defaults.
UNITS, UNPAID = 100, 3


async def prove(store: ProofStore) -> list[str]:
    """Who could hold too much, and who was refused wrongly."""
    shelf = await variants(store)
    for variant in shelf:
        await put_on_shelf(store, variant, PIECES)
    complaints = [*await _one_guest(store, shelf), *await _a_gang(store, shelf)]
    return [*complaints, *await _a_customer(store, shelf[-1]), *await _a_school(store, shelf[0])]


async def _one_guest(store: ProofStore, shelf: list[Variant]) -> list[str]:
    """As many orders of as many lines of all pieces as one cart token can place."""
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


async def _a_gang(store: ProofStore, shelf: list[Variant]) -> list[str]:
    """Fresh guests without end at one address, each taking all it can: most of every shelf must stay."""
    before = await _reserved(store)

    async def one(number: int) -> Answer:
        async with shopper(store, https=False, source=GANG) as guest:
            part = shelf[number * 5 % len(shelf) :][:5]
            return await _order(guest, [(variant, PIECES // 2) for variant in part])

    answers = await asyncio.gather(*(one(number) for number in range(60)))
    held = await _reserved(store) - before
    pieces = PIECES * len(shelf)
    print(f"  60 guests at one address: {held} of {pieces} pieces held", flush=True)
    refused = [answer for answer in answers if answer.status != 201]
    return [
        *([f"guests at one address hold {held} of {pieces} pieces"] if held > pieces // 4 else []),
        *([] if refused else ["none of 60 greedy guests at one address was refused"]),
    ]


async def _a_customer(store: ProofStore, variant: Variant) -> list[str]:
    """Whoever has an account buys more than a piece where guests hold all they may."""
    async with shopper(store, https=False, source=GANG) as customer:
        await customer.register()
        answer = await _order(customer, [(variant, 2)])
    return [] if answer.status == 201 else [f"a customer among them is refused: {answer.status} {answer.type}"]


async def _a_school(store: ProofStore, variant: Variant) -> list[str]:
    """One piece each: nobody is refused, and the last piece is sold to a first buyer."""
    await put_on_shelf(store, variant, PUPILS)

    async def one() -> Answer:
        key = uuid.uuid4().hex
        async with shopper(store, https=False, source=SCHOOL) as pupil:
            answer = await pupil.order(variant, key)
            while answer.status == 503:
                await asyncio.sleep(1)
                answer = await pupil.order(variant, key)
            return answer

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
    """Order so many of each."""
    goods = sum(variant.price * count for variant, count in wanted)
    return await guest.order(
        wanted[0][0],
        lines=[{"variant_id": variant.id, "quantity": count} for variant, count in wanted],
        expected_total={"amount": goods + (0 if goods >= FREE_FROM else SHIPPING), "currency": "EUR"},
    )


async def _reserved(store: ProofStore) -> int:
    return int(await store.value("catalog", "select coalesce(sum(reserved), 0) from stock"))
