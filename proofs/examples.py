"""Every example of the API's document, sent to a demo shop in the order in which a person would: it is answered as the
document says. Only ids and tokens are put in, from earlier answers and from the mail.
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
    """An operation, and the values of its answer that are kept: a path into the answer, by name."""

    operation: str
    keep: Mapping[str, str] = {}
    expect: int | None = None  # where it is not a success


_LOOKING = (
    Step("list_products"),
    Step("read_product", {"variant_id": "variants.0.id", "media_id": "images.0.url"}),
    Step("read_product_stock"),
    Step("read_stock"),
    Step("list_categories"),
    Step("read_image"),
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
_ELSEWHERE = (Step("look_up_order"),)
_SIGNING_UP = (Step("create_email_verification"), Step("create_session", {"Authorization": "access_token"}))
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
# Nobody but Stripe can sign what Stripe sends.
_MACHINES = (Step("read_keys"), Step("receive_stripe_webhook", expect=400))


class Walker:
    """Sends examples in order; `known` holds the values of earlier answers that later requests need."""

    def __init__(self, store: ProofStore, http: aiohttp.ClientSession, document: ApiDocument) -> None:
        self.store, self.http, self.document = store, http, document
        self.known: dict[str, str] = {}
        self.walked: set[str] = set()
        self.complaints: list[str] = []

    async def walk(self, *steps: Step) -> None:
        """Make the requests of these steps, in order, each as the OpenAPI document's example shows it."""
        for step in steps:
            self.walked.add(step.operation)
            # Each wish is made once, under a key of its own choice.
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
        """Drop known values, so that the next step has to find them again."""
        for name in names:
            self.known.pop(name, None)


def _found(body: Any, path: str) -> str:
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return str(body).rpartition("/")[2]  # of an address its last part


async def prove(store: ProofStore) -> list[str]:
    """What was not answered as documented, and what was not walked at all."""
    document = ApiDocument(store.store.root / "docs" / "openapi.json")
    connector = aiohttp.TCPConnector(ssl=store.trust)
    async with aiohttp.ClientSession(connector=connector) as http:
        walker = Walker(store, http, document)
        await walker.walk(*_LOOKING, *_GUEST)
        await _pay(walker)
        await walker.walk(*_ELSEWHERE)
        await walker.walk(Step("create_account"))
        walker.known["token"] = await _mailed(store)
        await walker.walk(*_SIGNING_UP, *_CUSTOMER)
        walker.forget("Cart-Token", "Order-Token")
        await _become_admin(walker)
        await walker.walk(*_STAFF)
        walker.forget("Authorization")
        await walker.walk(*_MACHINES)
    left = [f"{name} was not tried" for name in document.operations if name not in walker.walked]
    print(f"  {len(walker.walked)} operations, each by its example", flush=True)
    return [*walker.complaints, *left]


async def _pay(walker: Walker) -> None:
    """Confirm the payment, and wait until the order is paid."""
    buyer = Shopper(walker.store, walker.http, walker.store.https, ADA, {"Order-Token": walker.known["Order-Token"]})
    paid = await buyer.confirm(walker.known, OK)
    await buyer.until(walker.known["order_id"], "paid")
    if paid.status != 200:
        walker.complaints.append(f"the payment was not taken: {paid}")


async def _mailed(store: ProofStore) -> str:
    """The token of the link that was mailed."""

    async def link() -> str:
        found = [match[1] for match in (_LINK.search(mail["text"]) for mail in await store.mails(ADA)) if match]
        return found[0] if found else ""

    return str(await eventually(link, 30, "the mail with the link"))


async def _become_admin(walker: Walker) -> None:
    await walker.store.create_admin(ADMIN, PASSWORD)
    admin = Shopper(walker.store, walker.http, walker.store.https, ADMIN)
    await admin.sign_in(PASSWORD)
    walker.known["Authorization"] = admin.headers["Authorization"].removeprefix("Bearer ")
