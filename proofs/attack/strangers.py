"""B4 B5 B8 B9: forged tokens, mail to strangers, account enumeration, reused idempotency keys, changed prices."""

from __future__ import annotations

import collections
import secrets
import uuid
from typing import Any

from proofs.products import Variant, variants
from proofs.shopper import ADDRESS, Answer, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Strangers: forged tokens, mail to others, account enumeration, reused keys, changed prices"
MADE_UP, CARTS = 400, 1_400
# The default limits of an address: lookups of unknown tokens a minute, and new carts an hour.
MISSES, NEW_CARTS = 30, 1_200
# The limit of mails about unpaid orders to one mailbox a day.
UNPAID_MAILS = 3
SENTENCE = "You have won! Visit https://evil.example/prize now"


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    shelf = [variant for variant in await variants(store) if variant.available >= 5]
    return [
        *await _made_up_tokens(store),
        *await _many_carts(store),
        *await _relay(store, shelf[1]),
        *await _many_mails(store, shelf[1]),
        *await _account_enumeration(store),
        *await _reused_key(store, shelf[2]),
        *await _changed_price(store, shelf[3]),
    ]


async def _made_up_tokens(store: ProofStore) -> list[str]:
    async with shopper(store, https=False) as stranger:
        statuses = collections.Counter[int]()
        for _ in range(MADE_UP):
            stranger.headers["Order-Token"] = secrets.token_urlsafe(32)
            statuses[(await stranger.call("GET", f"/api/v1/orders/{uuid.uuid4()}")).status] += 1
    print(f"  {MADE_UP} made-up order tokens: {dict(statuses)}", flush=True)
    # The limit is refilled meanwhile.
    return [] if statuses[404] < MISSES * 2 else [f"{statuses[404]} of {MADE_UP} made-up order tokens were looked up"]


async def _many_carts(store: ProofStore) -> list[str]:
    before = await _carts(store)
    async with shopper(store, https=False) as stranger:
        for _ in range(CARTS):
            stranger.headers["Cart-Token"] = secrets.token_urlsafe(32)
            await stranger.call("POST", "/api/v1/cart")
    made = await _carts(store) - before
    print(f"  {CARTS} carts begun with as many made-up tokens: {made} were made", flush=True)
    return [] if made <= NEW_CARTS + 60 else [f"{made} carts were made from one address"]


async def _carts(store: ProofStore) -> int:
    return int(await store.value("orders", "select count(*) from carts"))


async def _relay(store: ProofStore, variant: Variant) -> list[str]:
    """A name with a link is refused, and a mail to an unverified address does not begin with the typed name."""
    complaints = []
    async with shopper(store, https=False) as guest:
        refused = await guest.order(variant, shipping_address=ADDRESS | {"name": SENTENCE})
        if refused.status != 422:
            complaints.append(f"a sentence with a link was accepted as a name: {refused.status}")
        for strange in ("Ada\u202eecalevoL", "Ada\u200bLovelace", "Ada\u0007"):
            answer = await guest.order(variant, shipping_address=ADDRESS | {"name": strange})
            if answer.status != 422:
                complaints.append(f"the name {strange!r} was accepted: {answer.status}")
        name = "Congratulations Winner"
        placed = await guest.order(variant, shipping_address=ADDRESS | {"name": name})
        assert placed.status == 201, placed
        order = placed.body["order"]["id"]
        assert (await guest.call("POST", f"/api/v1/orders/{order}/cancel")).status == 200
        mail = await eventually(lambda: _first_mail(store, guest.email), 60, "the mail of a cancelled order")
        if name in mail["text"][:100]:
            complaints.append("a mail to an unverified address begins with the name that was typed")
    return complaints


async def _many_mails(store: ProofStore, variant: Variant) -> list[str]:
    """Place and cancel orders for many spellings of one mailbox: it may get few mails."""
    victim = f"v{uuid.uuid4().hex[:12]}"
    spellings = [f"{victim}{more}@example.com" for more in ("", "+1", "+2", "+3.4", "+")] + [
        f"{victim[:place]}.{victim[place:]}@example.com" for place in range(1, 6)
    ]
    for email in spellings:
        async with shopper(store, https=False, email=email) as guest:
            placed = await guest.order(variant)
            assert placed.status == 201, placed
            assert (await guest.call("POST", f"/api/v1/orders/{placed.body['order']['id']}/cancel")).status == 200

    async def over() -> bool:
        open_orders = "select count(*) from orders where status <> 'cancelled' and email = any($1)"
        mails = "select count(*) from jobs where name = 'orders.mail'"
        return not await store.value("orders", open_orders, spellings) and not await store.value("orders", mails)

    await eventually(over, 60, "the end of the orders")
    got = sum([len(await store.mails(email)) for email in spellings])
    print(f"  {len(spellings)} unpaid orders in as many spellings of a mailbox: {got} mails", flush=True)
    return [] if got <= UNPAID_MAILS else [f"{got} mails of unpaid orders went to one mailbox"]


async def _first_mail(store: ProofStore, recipient: str) -> dict[str, Any]:
    found = await store.mails(recipient)
    return found[0] if found else {}


async def _account_enumeration(store: ProofStore) -> list[str]:
    """Addresses with and without an account get the same answer, and the owner gets a mail."""
    async with shopper(store) as owner, shopper(store) as stranger:
        await owner.register()
        before = len(await store.mails(owner.email))
        known = await stranger.call("POST", "/api/v1/accounts", json={"email": owner.email})
        unknown = await stranger.call("POST", "/api/v1/accounts", json={"email": stranger.email})
        alike = known.status == unknown.status and _without_addresses(known) == _without_addresses(unknown)

        async def told() -> bool:
            return len(await store.mails(owner.email)) > before

        await eventually(told, 30, "a mail to the owner")
    return [] if alike else [f"the answer reveals whether there is an account: {known} and {unknown}"]


def _without_addresses(answer: Answer) -> object:
    return {key: value for key, value in answer.body.items() if key not in {"email", "request_id", "trace_id"}}


async def _reused_key(store: ProofStore, variant: Variant) -> list[str]:
    """A request repeated from another network gets the same order; another request with the same key does not."""
    key, complaints = uuid.uuid4().hex, []
    async with shopper(store, https=False) as guest, shopper(store, https=False, email=guest.email) as elsewhere:
        first, again = await guest.order(variant, key), await elsewhere.order(variant, key)
        assert first.status == 201, first
        if again.status != 201 or again.body["order"]["id"] != first.body["order"]["id"]:
            complaints.append(f"a retry from another network: {again.status}, not the same order")
        async with shopper(store, https=False) as neighbour:
            other = await neighbour.order(variant, key)
        if other.status == 201 and other.body["order"]["id"] == first.body["order"]["id"]:
            complaints.append("another guest with the same key gets the first guest's order")
    return complaints


async def _changed_price(store: ProofStore, variant: Variant) -> list[str]:
    async with shopper(store, https=False) as guest:
        cheaper = {"amount": int(str(variant.total["amount"])) - 1, "currency": "EUR"}
        answer = await guest.order(variant, expected_total=cheaper)
    if (answer.status, answer.type) != (409, "price-changed"):
        return [f"an order with another total than expected: {answer.status} {answer.type}"]
    now = answer.body["total"]
    return [] if now == variant.total else [f"price-changed has the total {now} instead of {variant.total}"]
