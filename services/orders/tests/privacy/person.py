"""A person with something in every column that can hold a word of theirs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from chassis.testing import eventually
from chassis.values import uuid7
from orders.checkout import append_event
from orders.documents import issue_invoices
from orders.tests.fulfilment.desk import Desk

# In capitals and in small letters: search keeps these.
CANARY = "kanarienvogel"
_STAFF = UUID(int=9)
_MINE = {
    "orders": "id = $1",
    "cart_lines": "cart_id in (select id from carts where order_id = $1 or account_id = $2)",
    "carts": "order_id = $1 or account_id = $2",
    "drafts": "order_id = $1 or account_id = $2",
    "parcel_lines": "order_id = $1",
    "erasures": "subject = $1 or subject = $2",
    "order_views": "filters ->> 'email' = $3 or owner = $2 or id = $4",
    "idempotency": "operation_id = $1",
    "jobs": "payload ->> 'order_id' = $5",
}
_REFUND = """
insert into refunds (id, order_id, origin, status, amount, goods, shipping, adjustment, tax, shipping_tax, reason, note,
    cancellation_id, created_by, accepted_at)
values ($1, $2, 'shop', 'refunded', 100, 0, 100, 0, 0, 0, 'other', $3, $4, $5, now())
"""
_RETURN = """
insert into returns (id, order_id, number, status, opened_by, reason, note, answer, ended_at)
values ($1, $2, 1, 'refused', 'shopper', 'other', $3, $3, now())
"""
_DRAFT = """
insert into drafts (id, account_id, email, currency, lines, shipping_address, billing_address, vat_id, discount_codes,
    payment_method, locale, note, created_by, order_id, sent_at, sent_by)
values ($1, $2, $3, 'EUR', '[]', $4, $4, $5, '{}', 'card', 'en', $5, $6::uuid, $7::uuid,
    case when $7::uuid is not null then now() end, case when $7::uuid is not null then $6::uuid end)
"""
_KEPT = """
insert into idempotency (scope, key, request_hash, operation_id, claim, claimed_until, status, headers, body)
values ('orders.place', $1, '\\x00', $2, $2, now(), 201, '{}', convert_to($3, 'UTF8'))
"""


@dataclass
class Person:
    """`word`: what stands in each of their columns; of no other person's."""

    order_id: UUID
    account_id: UUID | None
    email: str
    word: str
    view_id: UUID = field(default_factory=uuid7)

    @property
    def address(self) -> dict[str, str]:
        return {
            "name": f"Anna {self.word}",
            "line1": f"{self.word} 1",
            "line2": self.word,
            "city": self.word,
            "region": self.word,
            "postal_code": "10115",
            "country": "DE",
            "phone": "+49 30 901820",
        }

    def asked(self, sql: str) -> list[Any]:
        """The parameters that a condition of _MINE has."""
        given = [self.order_id, self.account_id, self.email, self.view_id, str(self.order_id)]
        return [value for place, value in enumerate(given, 1) if f"${place}" in sql]


def mine(table: str) -> str:
    return _MINE.get(table, "order_id = $1")


class Town(Desk):
    """Guests and accounts with settled orders."""

    async def person(self, *, account: bool = False, email: str = "") -> Person:
        """Whose one order has ended, with all that can happen to one; what a row needs not have is there, too."""
        word = f"{CANARY}{uuid4().hex[:8]}"
        account_id = uuid7() if account else None
        person = Person(await self.paid(2, account=account_id), account_id, email or f"{word}@example.com", word)
        await self._addressed(person)
        await issue_invoices(self.service.ctx)
        await self._sent(person)
        await self._talked_about(person)
        await self._asked_for(person)
        return person

    async def _addressed(self, person: Person) -> None:
        billed = {**person.address, "city": "Elsewhere"}
        await self.execute(
            "update orders set email = $2, shipping_address = $3, billing_address = $4, vat_id = $5, locale = 'en' "
            "where id = $1",
            *(person.order_id, person.email, person.address, billed, person.word[:30]),
        )

    async def _sent(self, person: Person) -> None:
        parcel_id = await self.sent(person.order_id, p1=1)
        url = f"https://carrier.example/{person.word}"
        sql = "update parcels set tracking_number = $2, tracking_url = $3 where id = $1"
        await self.execute(sql, UUID(parcel_id), person.word, url)
        cancellation = uuid7()
        await self.execute(
            "insert into cancellations (id, order_id, reason, note, restock, lines, created_by) "
            "values ($1, $2, 'customer', $3, false, $5, $4)",
            *(cancellation, person.order_id, person.word, _STAFF, [{"position": 1, "quantity": 1}]),
        )
        await self.execute(
            "update line_progress set cancelled = 1 where order_id = $1 and position = 1", person.order_id
        )
        await self.execute(_REFUND, uuid7(), person.order_id, person.word, cancellation, _STAFF)
        await self.execute(_RETURN, uuid7(), person.order_id, person.word)

    async def _talked_about(self, person: Person) -> None:
        order_id, word = person.order_id, person.word
        await self.execute(
            "insert into order_notes (id, order_id, place, body, author) values ($1, $2, 1, $3, $4)",
            *(uuid7(), order_id, word, _STAFF),
        )
        view = "insert into order_views (id, owner, place, title, shared, filters) values ($1, $2, $3, 'mine', $4, $5)"
        filters = {"email": f"{person.email[:-8]}*", "text": word.upper(), "currency": "EUR"}
        await self.execute(view, person.view_id, _STAFF, 1 + await self._views(), True, filters)
        async with self.service.ctx.db.write() as tx:
            tracked = {"after": {"number": word}, "reference": word, "mail_id": str(uuid7())}
            await append_event(tx, order_id, "mail_sent_again", tracked, actor=person.account_id or _STAFF)
        await self.execute(
            "insert into order_disputes (dispute_id, order_id, amount, reason, closed_at, outcome) "
            "values ($1, $2, 1, 'fraudulent', now(), 'won')",
            *(f"dp_{order_id}", order_id),
        )

    async def _views(self) -> int:
        return int(await self.value("select coalesce(max(place), 0) from order_views where owner = $1", _STAFF))

    async def _asked_for(self, person: Person) -> None:
        order_id, word = person.order_id, person.word
        drafted = (person.account_id, person.email, person.address, word[:30], _STAFF)
        await self.execute(_DRAFT, order_id, *drafted, order_id)
        cart_id = uuid7()
        cart = (
            "insert into carts (id, account_id, token_hash, currency, order_id, expires_at) values ($1, $2, $3, 'EUR'"
        )
        token = None if person.account_id else uuid4().bytes * 2
        await self.execute(f"{cart}, $4, now() + interval '1 day')", cart_id, person.account_id, token, order_id)
        line = "insert into cart_lines (cart_id, variant_id, quantity) values ($1, $2, 1)"
        await self.execute(line, cart_id, uuid7())
        if person.account_id:
            await self.execute(f"{cart}, null, null)", uuid7(), person.account_id, None)
            await self.execute(_DRAFT, uuid7(), *drafted, None)
        hashed = [uuid4().bytes for _ in range(3)]
        hold = "insert into order_holds (order_id, holder, address, network, units, first)"
        await self.execute(f"{hold} values ($1, $2, $3, $4, 1, true)", order_id, *hashed)
        await self.execute("insert into order_links (order_id) values ($1)", order_id)
        for asked in (order_id, person.view_id):
            await self.execute(_KEPT, str(uuid4()), asked, json.dumps({"email": person.email}))
        about = {"order_id": str(order_id), "kind": "email_changed", "recipient": person.email}
        await self.execute(
            "insert into jobs (name, payload, held_at, error, trace) "
            "values ('orders.mail_again', $1, now(), $2, '00-00-00-01')",
            *(about, f"MailRefused: {person.email}"),
        )

    async def invoiced(self, person: Person) -> None:
        """Until its invoice is written."""
        sql = "select exists (select from documents where order_id = $1)"
        await eventually(lambda: self.value(sql, person.order_id), what="an invoice")

    async def rows_of(self, table: str, person: Person) -> list[dict[str, Any]]:
        """The rows of a table that are of a person, as its owner reads them."""
        connection = await asyncpg.connect(self.service.db_owner_url)
        try:
            condition = mine(table)
            used = [f"${place}" for place in range(1, 6) if f"${place}" in condition]
            for place, name in enumerate(used, 1):
                condition = condition.replace(name, f"${place}")
            sql = f"select to_jsonb(t) as row from {table} t where {condition} order by to_jsonb(t)::text"
            found = await connection.fetch(sql, *person.asked(mine(table)))
            return [json.loads(each["row"]) for each in found]
        finally:
            await connection.close()

    async def with_word(self, word: str) -> set[str]:
        """The tables in which a word stands anywhere."""
        connection = await asyncpg.connect(self.service.db_owner_url)
        try:
            tables = await connection.fetch(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            )
            found = set()
            for table in tables:
                sql = f"select exists (select from {table['relname']} t where t::text ilike $1 or t::text ilike $2)"
                if await connection.fetchval(sql, f"%{word}%", f"%{word.encode().hex()}%"):
                    found.add(table["relname"])
            return found
        finally:
            await connection.close()
