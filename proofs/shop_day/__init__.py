"""A shop's day by API, from setting it up to the evening's books: all that was sold, sent, given back and paid agrees.

Staff with second factors, one of them invited, make products with pictures, collections and sales, import a file, write
texts in a second language, and set up taxes, shipping and discounts; 50 orders come in two currencies; staff send,
cancel and refund; customers send back and dispute; a program with an API key reads along, another one is told by
webhooks and fails at times; the provider pays out. Then every place that has a figure has the same, also after
customers and guests were erased.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack

from proofs.shop_day import coming_back, stories
from proofs.shop_day.buying import take_orders
from proofs.shop_day.closing import close
from proofs.shop_day.money import pay_out
from proofs.shop_day.opening import open_shop
from proofs.shop_day.program import program, program_complaints
from proofs.shop_day.receiver import SETTINGS as RECEIVING
from proofs.shop_day.receiver import Receiver
from proofs.shop_day.shop import ORDERS, Bought, Shop
from proofs.shop_day.team import Member, invite
from proofs.shop_day.telling import change_secret, send_again, subscribe
from proofs.shop_day.worklist import file_orders, find_orders
from proofs.shopper import shopper
from proofs.store import ProofStore

TITLE = "A shop's day: 50 orders in two currencies; invoices, payments, ledger, provider, stock and mails agree"
SETTINGS = {
    "CURRENCY": "EUR",
    "CURRENCIES": "EUR,CHF",
    "SHIPPING_RATES": '{"EUR": {"rate": 500}, "CHF": {"rate": 550}}',
    "SHOP_NAME": "Tagwerk GmbH",
    "SHOP_ADDRESS": "Tagwerk GmbH|Torstr. 1|10115 Berlin",
    "SHOP_VAT_ID": "DE136695976",
    "PAYMENT_METHODS": "card,bank_transfer,cash",
    "BANK_TRANSFER_INSTRUCTIONS": "IBAN DE02 1203 0000 0000 2020 51, reference {number}",
    "STAFF_EMAIL": "staff@shop-day.example",
    "STAFF_SECOND_FACTOR": "true",
    **RECEIVING,
}
STAFF = ("staff", "goods")
_AT_ONCE = 5
_STORIES = {**vars(stories), **vars(coming_back)}


async def prove(store: ProofStore) -> list[str]:
    """Live through the day; returns what differs in the evening, or what went wrong before."""
    async with AsyncExitStack() as stack:
        receiver = Receiver()
        await stack.enter_async_context(receiver.running())
        wrong = list[str]()
        try:
            shop = await _staffed(store, stack, receiver)
            first_day = await shop.today()
            await open_shop(shop)
            await subscribe(shop)
            machine = await stack.enter_async_context(shopper(store))
            async with program(shop, machine) as warehouse:
                await _live(shop, stack)
            await shop.boss.sign_in_by_recovery_code()
            wrong += await program_complaints(shop, warehouse)
            wrong += await close(shop, first_day)
        except* (AssertionError, TimeoutError) as failed:
            wrong += [str(each) or repr(each) for each in failed.exceptions]
        return wrong


async def _staffed(store: ProofStore, stack: AsyncExitStack, receiver: Receiver) -> Shop:
    """The shop with its administrator, and a merchandiser who was invited."""
    people = [await stack.enter_async_context(shopper(store, email=f"{name}@shop-day.example")) for name in STAFF]
    boss = Member(people[0], uuid.uuid4().hex)
    await store.create_admin(boss.who.email, boss.password)
    await boss.enrol()
    merchandiser = await invite(boss, people[1], "merchandiser", uuid.uuid4().hex)
    await merchandiser.enrol()
    refused = await merchandiser.asked("GET", f"{ORDERS}?limit=1")
    assert refused.status == 403, f"a merchandiser reads orders: {refused}"
    print("  staff have signed in with second factors, one of them by an invitation", flush=True)
    return Shop(store, boss, merchandiser, receiver)


async def _live(shop: Shop, stack: AsyncExitStack) -> None:
    """From the first order to the payout."""
    await take_orders(shop, stack)
    await change_secret(shop)
    await _work(shop)
    await find_orders(shop)
    await file_orders(shop)
    await pay_out(shop)
    await send_again(shop)


async def _work(shop: Shop) -> None:
    """What happens to each paid order, some at once."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(bought: Bought) -> None:
        async with room:
            await _STORIES[bought.wish.story](shop, bought)

    paid = [each for each in shop.bought if each.wish.is_paid]
    async with asyncio.TaskGroup() as group:
        for bought in paid:
            group.create_task(one(bought))
    print(f"  staff have worked on {len(paid)} orders", flush=True)
