"""What the restore drill asks of the store before and after: its databases, a customer, a refund, and all books."""

from __future__ import annotations

import secrets
from datetime import datetime

import asyncpg

from chassis.testing.waiting import eventually
from deploy.drills import databases, objects
from deploy.drills.archived import Archive
from deploy.drills.journal import Journal
from mercat.config import environment, services
from mercat.installation import locate
from proofs import checks
from proofs.products import variants
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore

# Unpaid orders end after 60 s (proofs.store.HOLD_SECONDS); then payments cancels them at the provider.
PATIENCE = 240
_LOST = "select order_id::text, intent_id from payments where attention = 'order_lost' and status = 'captured'"
_NAMED = """
select digest as key from media where digest is not null and widths is null
union select digest || '/' || kept || '.webp' from media, unnest(widths) kept where digest is not null
"""
_ENDS = {"succeeded": "captured", "canceled": "cancelled"}


async def make_databases(archive: Archive) -> dict[str, str]:
    """Make a database for each service, with its roles; the settings that name them."""
    server, specs = archive.server(""), services.discover(locate().root)
    return await databases.make(
        server.url("postgres"), specs, lambda name, role: server.url(name, role, databases.PASSWORD)
    )


async def rows(archive: Archive, database: str, sql: str) -> list[asyncpg.Record]:
    """The rows of a query, as the superuser."""
    connection = await asyncpg.connect(archive.server("").url(database))
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def session_of(customer: Shopper) -> str:
    """Sign in; the refresh token of the session."""
    wish = {"email": customer.email, "password": PASSWORD}
    async with customer.http.post(f"{customer.base}/api/v1/sessions", json=wish) as answer:
        answer.raise_for_status()
        customer.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
        return answer.cookies["__Host-refresh"].value


async def sign_out(customer: Shopper) -> None:
    """End the session."""
    ended = await customer.call("DELETE", "/api/v1/sessions/current")
    assert ended.status in {200, 204}, ended  # noqa: S101 -- the drill's own step


async def paid_order(store: ProofStore) -> str:
    """Buy a unit; the id of the paid order."""
    variant = max(await variants(store), key=lambda each: each.available)
    async with shopper(store) as buyer:
        placed = await buyer.retry(lambda: buyer.order(variant, secrets.token_hex(16)))
        outcome = await buyer.pay(placed.body)
        assert outcome == "bought", outcome  # noqa: S101 -- the drill's own step
        order_id = str(placed.body["order"]["id"])
        await buyer.until(order_id, "paid", seconds=PATIENCE)
        return order_id


async def refund(store: ProofStore, intent_id: str) -> None:
    """Refund a payment in full, as staff do in the provider's dashboard; nothing happens if that was done."""
    key = environment.payments(store.store)["STRIPE_SECRET_KEY"]
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"refund-{intent_id}"}
    async with store.http.post(
        f"{store.double}/v1/refunds", data={"payment_intent": intent_id}, headers=headers
    ) as answer:
        answer.raise_for_status()


async def intent_of(store: ProofStore, order_id: str) -> str:
    """The provider's name for an order's payment."""
    return str(await store.value("payments", "select intent_id from payments where order_id = $1::uuid", order_id))


async def lost_orders(store: ProofStore, journal: Journal, target: datetime) -> list[str]:
    """Complaints: an order of before the moment is missing, or one of after it is there."""
    return unlike_journal(
        {str(row["id"]) for row in await store.rows("orders", "select id from orders")}, journal, target
    )


def unlike_journal(there: set[str], journal: Journal, target: datetime) -> list[str]:
    """As `lost_orders`, of the orders that are there; or what was bought shows nothing."""
    before, later = journal.before(target), journal.after(target)
    if not before or not later:
        return [f"{len(before)} orders before the restored moment and {len(later)} after it: too few to see a loss"]
    missing = [f"order {order} was acknowledged before the restored moment and is missing" for order in before - there]
    return missing + [f"order {order} is of after the restored moment and exists" for order in later & there]


async def session_ended(customer: Shopper, token: str) -> list[str]:
    """Complaints: the customer cannot sign in, or a session that they had ended is live again."""
    refresh = {"X-Mercat": "refresh", "Cookie": f"__Host-refresh={token}"}
    url = f"{customer.base}/api/v1/sessions/refresh"
    async with customer.http.post(url, headers=refresh) as answer:
        found = [] if answer.status == 401 else [f"a session that was ended answers {answer.status} to its refresh"]
    await customer.sign_in(PASSWORD)
    return found


async def pictures(store: ProofStore, server: objects.Objects) -> list[str]:
    """Complaints: a picture that the catalog names is not in its bucket."""
    kept = server.keys(objects.MEDIA)
    named = {row["key"] for row in await store.rows("catalog", _NAMED)}
    lost = sorted(named - kept.keys())
    return [f"{len(lost)} of {len(named)} files of pictures are missing: {lost[0]}"] if lost else []


async def books(store: ProofStore, refunded: str) -> list[str]:
    """What is still wrong, after at most PATIENCE seconds, with the store's books and with the provider's beside them.

    Staff refund what was taken for orders that were lost. `refunded`: the intent that was refunded before the disaster.
    """
    found: list[str] = []

    async def agree() -> bool:
        lost = {row["order_id"]: row["intent_id"] for row in await store.rows("payments", _LOST)}
        for intent_id in lost.values():
            await refund(store, intent_id)
        charged = [each for each in await checks.everything(store) if not any(order in each for order in lost)]
        found[:] = charged + await _unlike_provider(store, {*lost.values(), refunded})
        return not found

    try:
        await eventually(agree, PATIENCE, "the books", every=1)
    except TimeoutError:
        return found
    return []


async def _unlike_provider(store: ProofStore, refunded: set[str]) -> list[str]:
    """Payments that the provider has in another state, or has alone; refunds that are not known here."""
    ours = {row["intent_id"]: row for row in await store.rows("payments", "select intent_id, status from payments")}
    complaints = []
    for intent in (await store.double_control("book"))["intents"]:
        row = ours.get(intent["id"])
        theirs = _ENDS.get(intent["status"], intent["status"])
        if row is None or row["status"] != theirs:
            complaints.append(
                f"the provider has {intent['id']} {theirs}; here it is {row['status'] if row else 'unknown'}"
            )
    accepted = (
        "select intent_id from payments where id in (select payment_id from refunds where accepted_at is not null)"
    )
    known = {row["intent_id"] for row in await store.rows("payments", accepted)}
    return complaints + [f"the refund of {intent} is not known here" for intent in refunded - known]
