"""The store as a shopper meets it, with what a test wants to look at behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from chassis.testing import RunningApp, eventually
from chassis.testing.mailbox import Mailbox
from orders.tests.double import PAYS, Double
from orders.tests.shelves import Article, Shelves

ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 St James's Square",
    "city": "London",
    "postal_code": "SW1Y 4LE",
    "country": "GB",
}
ENDS = {"paid", "cancelled"}
_SWEEPER = UUID(int=1)


SHIPPING, FREE_FROM = 500, 10_000


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def amounts(shown: dict[str, Any], *names: str, currency: str = "EUR") -> tuple[int, ...]:
    """Minor units of these sums, each of which must be in the currency."""
    assert {shown[name]["currency"] for name in names} == {currency}
    return tuple(shown[name]["amount"] for name in names)


def order_of(*lines: tuple[Article, int], email: str = "ada@example.com") -> dict[str, Any]:
    """The body of POST /api/v1/orders at the articles' first prices; without lines, of the cart, without a total."""
    body = {"email": email, "shipping_address": ADDRESS}
    if not lines:
        return body
    wanted = [{"variant_id": article.variant_id, "quantity": quantity} for article, quantity in lines]
    subtotal = sum(article.price * quantity for article, quantity in lines)
    total = subtotal + (0 if subtotal >= FREE_FROM else SHIPPING)
    return {**body, "lines": wanted, "expected_total": euros(total)}


@dataclass(frozen=True)
class Placed:
    """An order as POST /api/v1/orders answered it, and the headers that open it."""

    body: dict[str, Any]
    key: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.body["order"]["id"])

    @property
    def secret(self) -> str:
        return str(self.body["payment"]["client_secret"])


@dataclass
class Shop:
    service: RunningApp
    shelves: Shelves
    double: Double
    mailbox: Mailbox

    @property
    def client(self) -> httpx.AsyncClient:
        return self.service.client

    def customer(self, account_id: UUID | None = None) -> dict[str, str]:
        return self.service.token(account_id or uuid4())

    async def post_order(self, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
        """As the storefront does it: for a cart, at the total that the cart shows."""
        sent = {"Idempotency-Key": str(uuid4()), **(headers or {})}
        if "lines" not in body and "expected_total" not in body:
            shown = await self.client.get("/api/v1/cart", headers=headers)
            total = shown.json()["total"] if shown.status_code == 200 else euros(1)
            body = {**body, "expected_total": total}
        return await self.client.post("/api/v1/orders", json=body, headers=sent)

    async def place(self, *lines: tuple[Article, int], headers: dict[str, str] | None = None) -> Placed:
        answer = await self.post_order(order_of(*lines), headers)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        token = body.get("order_token")
        return Placed(body, {"Order-Token": token} if token else dict(headers or {}))

    async def cart(self, *lines: tuple[Article, int]) -> dict[str, str]:
        """A guest's cart; its header."""
        answer = await self.client.post("/api/v1/cart")
        assert answer.status_code == 201, answer.text
        key = {"Cart-Token": answer.json()["cart_token"]}
        for article, quantity in lines:
            put = await self.put(key, article, quantity)
            assert put.status_code == 200, put.text
        return key

    async def put(self, key: dict[str, str], article: Article, quantity: int) -> httpx.Response:
        return await self.client.put(
            f"/api/v1/cart/lines/{article.variant_id}", json={"quantity": quantity}, headers=key
        )

    async def status(self, placed: Placed) -> str:
        answer = await self.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["status"])

    async def until(self, placed: Placed, *statuses: str, timeout: float = 60) -> str:  # noqa: ASYNC109 -- a bound
        async def reached() -> str | None:
            status = await self.status(placed)
            return status if status in statuses else None

        return str(await eventually(reached, timeout, f"{placed.id} at {statuses}"))

    async def paid(self, placed: Placed) -> None:
        assert self.double.pay(placed.secret, PAYS).status_code == 200
        await self.until(placed, "paid")

    async def history(self, placed: Placed) -> list[str]:
        staff = self.service.token(scopes=("orders:read",))
        answer = await self.client.get(f"/api/v1/admin/orders/{placed.id}", headers=staff)
        return [event["kind"] for event in answer.json()["history"]]

    async def value(self, sql: str, *arguments: Any) -> Any:
        async with self.service.ctx.db.read() as tx:
            return await tx.value(sql, *arguments)

    async def not_at_midnight(self) -> None:
        """Wait out the last minute of a day (UTC), for what is counted by the day."""
        await eventually(lambda: self.value("select now()::time < '23:59'"), 120, "a day's beginning")

    async def hold_sweep(self, seconds: int = 3600) -> None:
        """Take the sweep's lease for so long, once its last run has ended; 0 gives it back."""
        taken = """
        insert into job_schedule (name, runner, leased_until)
        values ('orders.sweep', $1, now() + make_interval(secs => $2))
        on conflict (name) do update set runner = excluded.runner, leased_until = excluded.leased_until
        where job_schedule.leased_until <= now() or job_schedule.runner = $1 returning true
        """

        async def held() -> bool:
            async with self.service.ctx.db.write() as tx:
                return bool(await tx.value(taken, _SWEEPER, float(seconds)))

        await eventually(held, what="the sweep's lease")

    async def due(self) -> None:
        """As if so much time had passed that every open order is looked at."""
        async with self.service.ctx.db.write() as tx:
            await tx.execute("update orders set next_attempt_at = now() where status not in ('paid', 'cancelled')")

    async def push(self, placed: Placed, *statuses: str) -> str:
        """As `until`, while time flies."""

        async def reached() -> str | None:
            await self.due()
            status = await self.status(placed)
            await asyncio.sleep(0.1)
            return status if status in statuses else None

        return str(await eventually(reached, 60, f"{placed.id} at {statuses}"))

    async def mail(self, address: str = "ada@example.com") -> Any:
        """The first mail to an address, when it is there."""
        await eventually(lambda: self.mailbox.to(address), 60, f"a mail to {address}")
        return self.mailbox.to(address)[0]
