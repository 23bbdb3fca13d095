"""Sends every example of the API's document to a demo shop, in the order of a purchase; compares the answers with it.

Only ids and tokens are replaced, by those of earlier answers and of the mail.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from proofs.api_document import ApiDocument, Request
from proofs.shopper import OK, Shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Every example in the API's document is answered as it is documented"
ADA, ADMIN = "ada@example.com", "grace@example.com"
PASSWORD = "correct horse battery staple"  # noqa: S105 -- the document's own example
_LINK = re.compile(r"/account/confirm#(\S+)")


class Step(NamedTuple):
    """An operation, and the values of its answer to keep: by name, the path in the answer."""

    operation: str
    keep: Mapping[str, str] = {}
    expect: int | None = None  # the status, if it is an error


_BROWSING = (
    Step("list_products"),
    Step("read_product", {"variant_id": "variants.0.id", "media_id": "images.0.url"}),
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
_STAFF = (
    Step("list_accounts"),
    Step("put_roles"),
    Step("put_status"),
    Step("list_any_products"),
    Step("read_any_product"),
    Step("patch_product"),
    Step("put_prices"),
    Step("read_stock_level"),
    Step("put_stock"),
    Step("adjust_stock"),
    Step("import_file"),
    Step("list_missing_pictures"),
    Step("retry_missing_pictures"),
    Step("place_order", {"order_id": "order.id"}),
    Step("list_all_orders"),
    Step("list_holdings"),
    Step("read_any_order"),
    Step("list_payments", {"payment_id": "items.0.id"}),
    Step("read_payment"),
    Step("list_ledger_balances"),
    Step("end_order"),
)
# The webhook is refused: only Stripe can sign it.
_MACHINES = (Step("read_keys"), Step("receive_stripe_webhook", expect=400))


class ExampleClient:
    """Sends examples in order; `known` holds the values of earlier answers that later requests need."""

    def __init__(self, store: ProofStore, http: aiohttp.ClientSession, document: ApiDocument) -> None:
        self.store, self.http, self.document = store, http, document
        self.known: dict[str, str] = {}
        self.called: set[str] = set()
        self.complaints: list[str] = []

    async def send(self, *steps: Step) -> None:
        """Make the requests of these steps, in order, each as the OpenAPI document's example shows it."""
        for step in steps:
            self.called.add(step.operation)
            # Each request has a new idempotency key.
            self.known["Idempotency-Key"] = str(uuid.uuid4())
            request = self.document.request(step.operation, self.known)
            status, content_type, body = await self._send(request)
            wrong = self.document.complaint(step.operation, status, content_type, body)
            if not wrong and (status != step.expect if step.expect else status >= 400):
                wrong = f"{status}: {body}"
            if wrong:
                self.complaints.append(f"{step.operation}: {request.method} {request.path}: {wrong}")
            else:
                self.known |= {name: _found(body, path) for name, path in step.keep.items()}

    async def _send(self, request: Request) -> tuple[int, str, Any]:
        headers = dict(request.headers)
        if "Authorization" in self.known:
            headers["Authorization"] = f"Bearer {self.known['Authorization']}"
        sent: dict[str, Any] = {"json": request.body} if request.body is not None else {}
        if isinstance(request.body, str):
            sent = {"data": request.body.encode()}
            headers["Content-Type"] = str(request.content_type)
        async with self.http.request(
            request.method, self.store.https + request.path, headers=headers, **sent
        ) as answer:
            body = await answer.json(content_type=None) if "json" in answer.content_type else await answer.read()
            return answer.status, answer.content_type, body

    def forget(self, *names: str) -> None:
        """Remove known values."""
        for name in names:
            self.known.pop(name, None)


def _found(body: Any, path: str) -> str:
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return str(body).rpartition("/")[2]  # of a URL, the last part


async def prove(store: ProofStore) -> list[str]:
    """Send all examples; returns answers that differ from the document, and operations that were not called."""
    document = ApiDocument(store.store.root / "docs" / "openapi.json")
    connector = aiohttp.TCPConnector(ssl=store.trust)
    async with aiohttp.ClientSession(connector=connector) as http:
        client = ExampleClient(store, http, document)
        await client.send(*_BROWSING, *_GUEST)
        await _pay(client)
        await client.send(*_OTHER_DEVICE)
        await client.send(Step("create_account"))
        client.known["token"] = await _mailed(store)
        await client.send(*_SIGN_UP, *_CUSTOMER)
        client.forget("Cart-Token", "Order-Token")
        await _become_admin(client)
        await client.send(*_STAFF)
        client.forget("Authorization")
        await client.send(*_MACHINES)
    left = [f"{name} was not called" for name in document.operations if name not in client.called]
    print(f"  {len(client.called)} operations, each by its example", flush=True)
    return [*client.complaints, *left]


async def _pay(client: ExampleClient) -> None:
    """Confirm the payment of the order, and wait until it is paid."""
    buyer = Shopper(client.store, client.http, client.store.https, ADA, {"Order-Token": client.known["Order-Token"]})
    paid = await buyer.confirm(client.known, OK)
    await buyer.until(client.known["order_id"], "paid")
    if paid.status != 200:
        client.complaints.append(f"the payment was refused: {paid}")


async def _mailed(store: ProofStore) -> str:
    """The token of the link in the mail."""

    async def link() -> str:
        found = [match[1] for match in (_LINK.search(mail["text"]) for mail in await store.mails(ADA)) if match]
        return found[0] if found else ""

    return str(await eventually(link, 30, "the mail with the link"))


async def _become_admin(client: ExampleClient) -> None:
    await client.store.create_admin(ADMIN, PASSWORD)
    admin = Shopper(client.store, client.http, client.store.https, ADMIN)
    await admin.sign_in(PASSWORD)
    client.known["Authorization"] = admin.headers["Authorization"].removeprefix("Bearer ")
