"""Sends every example of the API's document to a demo shop, in the order of a purchase; compares the answers with it.

Only ids and tokens are replaced, by those of earlier answers and of the mail.
"""

from __future__ import annotations

import uuid
from functools import partial

import aiohttp

from proofs import walk_goods, walk_people
from proofs.api_document import ApiDocument
from proofs.balance import read_balance
from proofs.example_client import ExampleClient
from proofs.not_walked import NOT_WALKED
from proofs.shopper import AVAILABLE, DISPUTES, OK, PASSWORD, Shopper
from proofs.steps import (
    CANCELLED,
    DISPUTED,
    DRAFTED,
    FILED,
    PAID_OUT,
    PLACED,
    PRICES,
    SENT_AND_RETURNED,
    SENT_DRAFT,
    STAFF,
    TRANSFERRED,
    Step,
)
from proofs.store import ProofStore
from proofs.waiting import eventually
from proofs.walk_people import ADA

SETTINGS = {
    "PAYMENT_METHODS": "card,bank_transfer",
    "BANK_TRANSFER_INSTRUCTIONS": "IBAN DE02 1203 0000 0000 2020 51, reference {number}",
    **walk_goods.SETTINGS,
}
TITLE = "Every example in the API's document is answered as it is documented"
ADMIN = "grace@example.com"
# The export of a large shop lasts for minutes, in which something comes all the time.
PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=60, sock_read=60)
_DISPUTED = "select exists (select from provider_cases where kind = 'dispute')"
_INVOICED = "select exists (select from documents where order_id = $1::uuid)"

_BROWSING = (
    Step("list_products"),
    Step("read_product", {"product_id": "id", "variant_id": "variants.0.id", "media_id": "images.0.url"}),
    Step("read_product_stock"),
    Step("read_stock"),
    Step("list_categories"),
    Step("read_image"),
    Step("record_measurements"),
    Step("read_payment_configuration"),
    Step("read_checkout_settings"),
    Step("read_countries"),
)
_GUEST = (
    Step("begin_cart", {"Cart-Token": "cart_token"}),
    Step("set_cart_line"),
    Step("read_cart"),
    Step("remove_cart_line"),
    Step("set_cart_line"),
    Step("place_order", {"order_id": "order.id", "Order-Token": "order_token"}),
    Step("read_order"),
    Step(
        "read_order_payment", {"client_secret": "payment.client_secret", "publishable_key": "payment.publishable_key"}
    ),
)
_OTHER_DEVICE = (Step("look_up_order"),)
_SIGN_UP = (Step("create_email_verification"), Step("create_session", {"Authorization": "access_token"}))
_CUSTOMER = (
    Step("read_own_account", {"account_id": "id"}),
    Step("list_sessions"),
    Step("refresh_session", {"Authorization": "access_token"}),
    Step("merge_carts"),
    Step("place_order", {"order_id": "order.id"}),
    Step("list_own_orders"),
    Step("cancel_order"),
    Step("create_session", {"session_id": "session_id"}),
    Step("delete_session"),
    Step("delete_current_session"),
)
# The webhook is refused: only Stripe can sign it.
_MACHINES = (Step("read_keys"), Step("receive_stripe_webhook", expect=400))


async def prove(store: ProofStore) -> list[str]:
    """Send all examples; returns answers that differ from the document, and operations that were not called."""
    document = ApiDocument(store.store.root / "docs" / "openapi.json")
    connector = aiohttp.TCPConnector(ssl=store.trust)
    async with aiohttp.ClientSession(connector=connector, timeout=PATIENCE) as http:
        client = ExampleClient(store, http, document)
        await client.send(*_BROWSING, *_GUEST)
        await _pay(client, ADA, {"Order-Token": client.known["Order-Token"]}, AVAILABLE)
        await client.send(*_OTHER_DEVICE)
        await client.send(Step("create_account"))
        guest_order = client.known["order_id"]
        await walk_people.mailed(client, "confirm")
        await client.send(*_SIGN_UP, *_CUSTOMER)
        client.forget("Cart-Token", "Order-Token")
        await walk_people.own_account(client, guest_order)
        await walk_people.somebody_who_leaves(client)
        await _become_admin(client)
        await walk_people.erased_by_staff(client)
        await walk_people.staff_of_the_shop(client)
        await client.send(*STAFF)
        await _after_payment(client)
        await _pay_otherwise(client)
        await _pay_out(client)
        await client.send(*PRICES)
        await walk_goods.goods(client)
        await walk_goods.shop(client)
        client.forget("Authorization")
        await client.send(*_MACHINES)
    left = [f"{name} was not called" for name in document.operations if name not in client.called | NOT_WALKED]
    print(f"  {len(client.called)} operations, each by its example", flush=True)
    return [*client.complaints, *left]


async def _pay(client: ExampleClient, email: str, headers: dict[str, str], card: str = OK) -> None:
    """Confirm the payment of the order, and wait until it is paid."""
    buyer = Shopper(client.store, client.http, client.store.https, email, headers)
    paid = await buyer.confirm(client.known, card)
    await buyer.until(client.known["order_id"], "paid")
    if paid.status != 200:
        client.complaints.append(f"the payment was refused: {paid}")


async def _after_payment(client: ExampleClient) -> None:
    """Buy three times: one order is sent and comes back, one is cancelled and paid back, one is disputed."""
    for steps, card in ((SENT_AND_RETURNED, OK), (CANCELLED, OK), (DISPUTED, DISPUTES)):
        await client.send(*PLACED)
        order = client.known["order_id"]
        await _pay(client, ADMIN, {"Authorization": f"Bearer {client.known['Authorization']}"}, card)
        await eventually(partial(client.store.value, "orders", _INVOICED, order), 30, "the invoice")
        if card == DISPUTES:
            await eventually(partial(client.store.value, "payments", _DISPUTED), 30, "the dispute")
        await client.send(*steps)
        client.forget("expected_total")


async def _pay_otherwise(client: ExampleClient) -> None:
    """Order by bank transfer, and have staff send a draft; both times the money comes. File the second order."""
    client.known |= {"payment_method": "bank_transfer", "reference": f"walk/{uuid.uuid4()}"}
    await client.send(*TRANSFERRED)
    await _until(client, "paid")
    await client.send(*DRAFTED)
    client.forget("expected_total")
    await _until(client, "pending_payment")
    client.known["reference"] = f"walk/{uuid.uuid4()}"
    await client.send(*SENT_DRAFT)
    await _until(client, "paid")
    await client.send(*FILED)


async def _until(client: ExampleClient, status: str) -> None:
    """Wait until the order has this status; if it does not get there, that is a complaint."""
    order = client.known["order_id"]
    so = partial(client.store.value, "orders", "select status = $2 from orders where id = $1::uuid", order, status)
    await client.until(so, f"an order that is {status}")


async def _pay_out(client: ExampleClient) -> None:
    """The provider pays out what is available, the bank sends it back, and staff look at it."""
    payout = await client.store.double_control("payouts", {"currency": "eur"})
    for status in ("in_transit", "failed"):
        await client.store.double_control(f"payouts/{payout['id']}", {"status": status})
    await read_balance(client.store)
    await client.send(*PAID_OUT)


async def _become_admin(client: ExampleClient) -> None:
    await client.store.create_admin(ADMIN, PASSWORD)
    admin = Shopper(client.store, client.http, client.store.https, ADMIN)
    await admin.sign_in(PASSWORD)
    client.known["Authorization"] = admin.headers["Authorization"].removeprefix("Bearer ")
