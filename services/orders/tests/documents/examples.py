"""Orders and documents for tests of documents and mails: worked by hand, or made of a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.testing import eventually
from chassis.values import uuid7
from orders.checkout import Order, StoredLine, find_order, lock_order
from orders.documents import Credit, Document, issue_credit_note, reverse_credit_note
from orders.documents.domain.content import Party
from orders.documents.store import documents
from orders.tests.shop import ADDRESS, Placed, Shop

WHEN = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
SELLER = Party(["Kirschgarten Drucke GmbH", "Am Kirschgarten 5", "10115 Berlin"], None, "DE123456789", "HRB 1 Berlin")
MILLION = 1_000_000


def tax_in(gross: int, rate: int) -> int:
    """Half up, by fractions of whole numbers."""
    return (2 * gross * rate + MILLION + rate) // (2 * (MILLION + rate))


def line(position: int, price: int, quantity: int, rate: int, *, discount: int = 0, **more: Any) -> StoredLine:
    """A line at a price with tax."""
    total = price * quantity
    charged = total - discount
    values = {
        "position": position,
        "variant_id": UUID(int=position),
        "sku": f"SKU-{position}",
        "slug": "s",
        "title": f"Print {position}",
        "variant_title": "",
        "image_url": None,
        "unit_price": price,
        "quantity": quantity,
        "total": total,
        "discount": discount,
        "tax_rate": rate,
        "tax": tax_in(charged, rate),
        "charged": charged,
    }
    return StoredLine(**{**values, **more})


def order_with(*lines: StoredLine, shipping: int = 590, shipping_rate: int = 190_000, **more: Any) -> Order:
    """A paid order at prices with tax."""
    shipping_tax = tax_in(shipping, shipping_rate)
    values = {
        "id": UUID(int=7),
        "number": "M-7F3K9Q",
        "account_id": None,
        "token_hash": b"",
        "email": "a@example.com",
        "shipping_address": ADDRESS,
        "currency": "EUR",
        "lines": list(lines),
        "shipping": shipping,
        "subtotal": sum(each.total for each in lines),
        "discount": sum(each.discount for each in lines),
        "shipping_charged": shipping,
        "shipping_tax": shipping_tax,
        "shipping_tax_rate": shipping_rate,
        "tax": sum(each.tax for each in lines) + shipping_tax,
        "total": sum(each.paid for each in lines) + shipping,
        "shipping_method": {"title": "Parcel"},
        "status": "paid",
        "payment": "captured",
        "stock": "committed",
        "cancel_reason": None,
        "attention": None,
        "version": 5,
        "placed_at": WHEN,
        "expires_at": WHEN,
        "paid_at": WHEN,
        "cancelled_at": None,
        "expired": False,
    }
    return Order(**{**values, **more})


def random_order(seed: int, lines: int = 3) -> Order:
    """With discounts and three rates."""
    draw = random.Random(seed)
    made = []
    for position in range(1, lines + 1):
        price, quantity = draw.randrange(1, 100_000), draw.randrange(1, 10)
        discount = draw.choice([0, draw.randrange(price * quantity + 1)])
        made.append(line(position, price, quantity, draw.choice([190_000, 70_000, 0, 88_750]), discount=discount))
    return order_with(*made, shipping=draw.choice([0, 1, 590]))


def changed(order: Order, **more: Any) -> Order:
    """The same order with other values."""
    return msgspec.structs.replace(order, **more)


async def paid_orders(shop: Shop, count: int) -> list[UUID]:
    """So many orders that are paid without a payment service, as one order's copies."""
    placed = await shop.place((shop.shelves.article(stock=count + 10), 2))
    async with shop.service.ctx.db.write() as tx:
        await tx.execute(
            "update orders set status = 'paid', payment = 'captured', stock = 'committed', "
            "paid_at = now(), next_attempt_at = null where id = $1",
            UUID(placed.id),
        )
        return [UUID(placed.id), *[await _copy(tx, UUID(placed.id), at) for at in range(count - 1)]]


async def paid_without_lines(shop: Shop, of: UUID) -> UUID:
    """A paid order that has no lines: nothing writes such a one."""
    async with shop.service.ctx.db.write() as tx:
        return await _copy(tx, of, 20_000_000, "from o, order_lines where false")


_ORDER = """
insert into orders (id, number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping, rounding,
    total, status, payment, stock, expires_at, paid_at)
select $2, $3, account_id, token_hash, email, shipping_address, currency, subtotal, shipping, rounding, total, status,
    payment, stock, expires_at, now() from orders where id = $1
returning id
"""
_LINES = """
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, image_url, unit_price,
    quantity, requires_shipping)
select o.id, position, variant_id, sku, title, variant_title, slug, image_url, unit_price, quantity, requires_shipping
"""


async def _copy(tx: Any, order_id: UUID, at: int, lines: str = "from o, order_lines where order_id = $1") -> UUID:
    new, letters = uuid7(), "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = "M-" + "".join(letters[(at // len(letters) ** place) % len(letters)] for place in range(6))
    await tx.execute(f"with o as ({_ORDER}) {_LINES} {lines}", order_id, new, number)
    return new


async def invoiced(shop: Shop, placed: Placed) -> list[Document]:
    """The documents of a paid order, once there are any."""

    async def there() -> list[Document]:
        async with shop.service.ctx.db.read() as tx:
            return await documents.of_order(tx, UUID(placed.id))

    return list(await eventually(there, 60, "an invoice"))


async def credited(shop: Shop, order_id: UUID, **of: Any) -> Document | None:
    """A credit note, as a refund writes it."""
    async with shop.service.ctx.db.write() as tx:
        order = await lock_order(tx, order_id)
        assert order is not None
        return await issue_credit_note(tx, shop.service.ctx, order, Credit(**{"refund_id": uuid7(), **of}))


async def reversed_note(shop: Shop, order_id: UUID, refund_id: UUID) -> Document | None:
    """The reversal of a credit note, as a refund that failed writes it."""
    async with shop.service.ctx.db.write() as tx:
        order = await lock_order(tx, order_id)
        assert order is not None
        return await reverse_credit_note(tx, shop.service.ctx, order, refund_id)


async def stored(shop: Shop, order_id: UUID) -> Order:
    """The order as it is kept."""
    async with shop.service.ctx.db.read() as tx:
        order = await find_order(tx, order_id)
    assert order is not None
    return order


async def numbers(shop: Shop) -> dict[str, list[int]]:
    """The numbers given in each series, in order."""
    sql = """
    select jsonb_object_agg(series, seqs)
    from (select series, array_agg(seq order by seq) as seqs from documents group by series) as found
    """
    return dict(await shop.value(sql) or {})
