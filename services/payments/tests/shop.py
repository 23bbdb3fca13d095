"""The service under test as the tests see it: what orders asks, what Stripe tells, what is stored."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from chassis.testing import RunningApp, eventually
from chassis.values import uuid7
from payments.refunds.usecases.reconcile_refunds import reconcile_refunds
from payments.tests.double import PAYS, Double, Listener, Sent
from payments.usecases.check_books import check_books
from payments.usecases.reconcile import reconcile

# What payments runs now and then by itself, by a part of the SQL: the reconcilers and the reading of what is unsettled.
BY_ITSELF = ("next_check_at <= now()", "count(*) as payments")


@dataclass
class Shop:
    """An in-process service with Stripe's double beside it. Webhooks wait in `listener` until they are delivered."""

    app: RunningApp
    double: Double
    listener: Listener
    runner: UUID = field(default_factory=uuid7)

    async def create(self, order_id: UUID | None = None, amount: int = 4200, currency: str = "EUR") -> httpx.Response:
        body = {"order_id": str(order_id or uuid7()), "amount": amount, "currency": currency}
        return await self.app.client.post("/internal/payments", json=body, headers=self.app.caller("orders"))

    async def ask(self, order_id: UUID, operation: str) -> httpx.Response:
        return await self.app.client.post(
            f"/internal/payments/{order_id}/{operation}", headers=self.app.caller("orders")
        )

    async def find(self, order_id: UUID) -> dict[str, Any]:
        answer = await self.app.client.get(f"/internal/payments/{order_id}", headers=self.app.caller("orders"))
        return answer.json()

    async def deliver(self, sent: Sent) -> httpx.Response:
        headers = {"Stripe-Signature": sent.signature, "Content-Type": "application/json"}
        return await self.app.client.post("/webhooks/stripe", content=sent.body, headers=headers)

    async def staff(self, path: str, scope: str = "payments:read") -> httpx.Response:
        return await self.app.client.get(f"/api/v1/admin{path}", headers=self.app.token(scopes=(scope,)))

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.app.db_owner_url)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def status(self, order_id: UUID) -> str:
        (row,) = await self.rows("select status from payments where order_id = $1", order_id)
        return row["status"]

    async def becomes(self, order_id: UUID, status: str) -> None:
        async def reached() -> bool:
            return await self.status(order_id) == status

        await eventually(reached, timeout=60, what=f"payment {status}")

    async def applied(self, count: int) -> None:
        """Until so many webhooks have been dealt with."""

        async def done() -> bool:
            (row,) = await self.rows("select count(*) from provider_events where applied_at is not null")
            return row["count"] == count

        await eventually(done, timeout=60, what=f"{count} webhooks applied")

    async def facts(self, order_id: UUID) -> list[tuple[str, dict[str, Any]]]:
        """Events published about the order's payment, in order."""
        rows = await self.rows(
            "select o.type, o.data::text from outbox o join payments p on p.id = o.aggregate_id "
            "where p.order_id = $1 order by o.version",
            order_id,
        )
        return [(row["type"], msgspec.json.decode(row["data"])) for row in rows]

    async def entries(self, order_id: UUID) -> list[tuple[str, str, int, str]]:
        rows = await self.rows(
            "select account, side, e.amount, e.currency from ledger_entries e join ledger_transactions t "
            "on t.id = transaction_id join payments p on p.id = payment_id where order_id = $1 "
            "order by t.occurred_at, position",
            order_id,
        )
        return [tuple(row) for row in rows]

    async def hold_reconciler(self) -> None:
        """Take the reconcilers' leases: from now on they run when a test says so, however slow the machine is."""
        taken = (
            "insert into job_schedule (name, runner, leased_until) select unnest(array['payments.reconcile',"
            " 'payments.reconcile_refunds', 'payments.catch_up']), $1, $2"
            " on conflict (name) do update set runner = $1, leased_until = $2"
            " where job_schedule.leased_until <= now() or job_schedule.runner = $1 returning name"
        )
        until = datetime.now(UTC) + timedelta(hours=1)

        async def all_taken() -> bool:
            # The service takes some of them, too, in an order of its own.
            with suppress(asyncpg.DeadlockDetectedError):
                return len(await self.rows(taken, self.runner, until)) == 3
            return False

        await eventually(all_taken, what="the reconcilers' leases")

    async def due_now(self) -> None:
        """Make the check of every open payment due, and end the claims of creations."""
        await self.rows(
            "update payments set next_check_at = now(), claimed_until = '-infinity', version = version + 1"
            " where next_check_at is not null"
        )

    async def reconciled(self) -> None:
        """Run the reconciler on every payment that is not settled."""
        await self.hold_reconciler()
        await self.due_now()
        await reconcile(self.app.ctx)

    async def unknown(self) -> bool:
        """Whether there is a payment of which we do not know the truth."""
        return bool(await self.rows("select from payments where provider_state_known_at is null"))

    async def events_of(self, order_id: UUID, count: int) -> list[Sent]:
        """The order's webhooks, once the double has sent so many."""
        await eventually(lambda: len(self.listener.of(order_id)) >= count, what=f"{count} webhooks sent")
        return self.listener.of(order_id)

    async def authorised(self, amount: int = 4200, card: str = PAYS) -> UUID:
        """An order whose payment is authorised, by its webhook."""
        order_id = uuid7()
        assert (await self.create(order_id, amount)).status_code == 200
        self.double.pay(self.double.intent(order_id)["id"], card)
        for sent in await self.events_of(order_id, 2):
            assert (await self.deliver(sent)).status_code == 200
        await self.becomes(order_id, "authorised")
        return order_id

    async def captured(self, amount: int = 4200, card: str = PAYS) -> UUID:
        """An order whose payment is captured."""
        order_id = await self.authorised(amount, card)
        await self.ask(order_id, "capture")
        await self.becomes(order_id, "captured")
        return order_id

    async def refund(
        self, order_id: UUID, amount: int = 1200, refund_id: UUID | None = None, **other: Any
    ) -> httpx.Response:
        """What orders asks for; `other` fields of it."""
        asked = {"refund_id": str(refund_id or uuid7()), "amount": amount, "currency": "EUR"}
        return await self.refund_as(order_id, {**asked, "reason": "requested_by_customer", **other})

    async def refund_as(self, order_id: UUID, body: dict[str, Any]) -> httpx.Response:
        path = f"/internal/payments/{order_id}/refunds"
        return await self.app.client.post(path, json=body, headers=self.app.caller("orders"))

    async def refunds(self, order_id: UUID) -> dict[str, Any]:
        """A payment's refunds, as orders reads them."""
        answer = await self.app.client.get(f"/internal/payments/{order_id}/refunds", headers=self.app.caller("orders"))
        return answer.json()

    async def refund_becomes(self, refund_id: UUID | str, *statuses: str) -> None:
        async def reached() -> bool:
            rows = await self.rows("select status from refunds where id = $1", UUID(str(refund_id)))
            return [row["status"] for row in rows if row["status"] in statuses] != []

        await eventually(reached, timeout=60, what=f"refund {statuses}")

    async def refund_succeeds(self, refund_id: UUID) -> None:
        """The reconciler brings it to its end: run again while the call before is still being written down."""

        async def succeeded() -> bool:
            await self.refunds_reconciled()
            (row,) = await self.rows("select status from refunds where id = $1", refund_id)
            return row["status"] == "succeeded"

        await eventually(succeeded, timeout=60, what="the refund")

    async def books_show(self, wrong: float = 0.0) -> None:
        """Check the books: both figures are `wrong`, as shown once this process reads for all, which it soon does."""
        await check_books(self.app.ctx)
        names = ("payments_ledger_imbalance", "payments_ledger_difference")
        lines = [f'{name}{{currency="EUR"}} {wrong}' for name in names]

        async def shown() -> bool:
            page = (await self.app.client.get("/metrics")).text
            return all(line in page for line in lines)

        await eventually(shown, what=f"the figures of the books: {wrong}")

    async def tampered(self, sql: str, *arguments: Any) -> None:
        """Change what is stored, past the triggers."""
        connection = await asyncpg.connect(self.app.db_owner_url)
        try:
            await connection.execute("set session_replication_role = replica")
            await connection.execute(sql, *arguments)
        finally:
            await connection.close()

    async def deliver_all(self, name: str, times: int = 1) -> None:
        """Deliver the webhooks about an object of Stripe so far, shuffled, and wait until they are dealt with."""
        for sent in shuffled(self.listener.about(name), times, 7):
            assert (await self.deliver(sent)).status_code == 200
        await self.told()

    async def told(self) -> None:
        """Until every webhook that came has been dealt with."""

        async def done() -> bool:
            return not await self.rows("select from provider_events where applied_at is null")

        await eventually(done, timeout=60, what="all events dealt with")

    async def refunds_reconciled(self) -> None:
        """Run the reconciler on every refund that has not ended."""
        await self.rows(
            "update refunds set next_check_at = now(), version = version + 1 where next_check_at is not null"
        )
        await reconcile_refunds(self.app.ctx)


def shuffled(sent: list[Sent], times: int, seed: int) -> list[Sent]:
    many = sent * times
    random.Random(seed).shuffle(many)
    return many


CAPTURE_ENTRIES = [("provider_receivable", "debit", 4200, "EUR"), ("customer_orders", "credit", 4200, "EUR")]
REFUND_ENTRIES = [("customer_orders", "debit", 1200, "EUR"), ("provider_receivable", "credit", 1200, "EUR")]
