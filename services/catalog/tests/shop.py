"""A catalog under test, and the words that the tests say to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx

from catalog.importing import ImportOptions, ImportResult, ProductDraft, VariantDraft, import_products
from chassis.db import Database
from chassis.testing import RunningApp, eventually
from chassis.values import uuid7

PRINT = ProductDraft(
    slug="tide-no-4",
    title="Tide No. 4",
    description_html="<p>Ink on paper.</p>",
    vendor="Atelier Nord",
    product_type="Print",
    tags=("sea", "blue"),
    options=("Size",),
    status="active",
    media=(),
    variants=(
        VariantDraft("TIDE-30", ("30 x 40",), 2500, quantity=10, weight_grams=300, row=2),
        VariantDraft("TIDE-50", ("50 x 70",), 4500, compare_at=5000, quantity=5, row=3),
    ),
)


def simple(sku: str, quantity: int | None = 10, **fields: Any) -> ProductDraft:
    """A product with one variant and no choice."""
    own = {name: fields.pop(name) for name in ("price", "tracked", "backorder", "compare_at") if name in fields}
    variant = VariantDraft(sku, (), own.pop("price", 1000), quantity=quantity, **own)
    slug = sku.lower().replace("/", "-")
    return replace(PRINT, slug=slug, options=(), variants=(variant,), **{"title": sku, **fields})


class Shop:
    """The running service, with short ways to say what tests often say."""

    def __init__(self, app: RunningApp) -> None:
        self.app = app
        self.client: httpx.AsyncClient = app.client
        self.staff = app.token(scopes=("catalog:read", "catalog:write", "stock:write"))
        self.orders = app.caller("orders")

    @property
    def db(self) -> Database:
        return self.app.ctx.db

    async def stock_up(self, *drafts: ProductDraft, **options: Any) -> ImportResult:
        done = await import_products(self.db, drafts, ImportOptions(**{"currency": "EUR", **options}))
        await self.app.ctx.cache.invalidate("products")
        return done

    async def variant(self, sku: str) -> UUID:
        async with self.db.read() as tx:
            found = await tx.value("select id from variants where sku = $1", sku)
        assert found is not None, sku
        return UUID(str(found))

    async def level(self, sku: str) -> tuple[int, int]:
        """On hand, reserved."""
        async with self.db.read() as tx:
            sql = "select on_hand, reserved from stock join variants on id = variant_id where sku = $1"
            row: dict[str, int] | None = await tx.row(dict, sql, sku)
        assert row is not None, sku
        return row["on_hand"], row["reserved"]

    async def stop_sweeping(self) -> None:
        """Let the service's own sweep rest, so that only what a test calls takes back what has lapsed."""
        rest = """
        update job_schedule set next_at = now() + interval '1 hour'
        where name = 'catalog.expire_reservations' and runner is null and ended_at is not null returning true
        """

        async def resting() -> bool | None:
            async with self.db.write() as tx:
                stopped: bool | None = await tx.value(rest)
            return stopped

        await eventually(resting, what="a sweep that has ended")

    async def reserve(self, order_id: UUID | None = None, hold: int = 900, **units: int) -> httpx.Response:
        """Reserve by SKU, "_" for "-": reserve(TIDE_30=2)."""
        lines = [
            {"variant_id": str(await self.variant(sku.replace("_", "-"))), "quantity": quantity}
            for sku, quantity in units.items()
        ]
        body = {"order_id": str(order_id or uuid7()), "lines": lines, "hold_seconds": hold}
        return await self.client.post("/internal/reservations", json=body, headers=self.orders)

    async def commit(self, order_id: UUID) -> httpx.Response:
        return await self.client.post(f"/internal/reservations/{order_id}/commit", headers=self.orders)

    async def release(self, order_id: UUID) -> httpx.Response:
        return await self.client.post(f"/internal/reservations/{order_id}/release", headers=self.orders)

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of all events of a kind, in the order of their making."""
        async with self.db.read() as tx:
            rows: list[dict[str, Any]] = await tx.rows(
                dict, "select data from outbox where type = $1 order by id", kind
            )
        return [row["data"] for row in rows]
