"""What a shop does beside its orders: stock, imports, disputes, saved cards, and the balance at the provider."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from chassis.values import uuid7
from proofs.asked import Asked
from proofs.customers import PATIENCE, Customers, Scenario
from proofs.internal import as_orders
from proofs.nudges import run_now
from proofs.shopper import Shopper
from proofs.staff import Staff
from proofs.store import ProofStore
from proofs.waiting import eventually

_DISPUTE = """
select id from provider_cases
where kind = 'dispute' and payment_id = (select id from payments where order_id = $1::uuid)
union all select '' order by 1 desc limit 1
"""
# As a process left it that died a day ago: it is not known whether the customer was made.
_BEGUN = """
insert into provider_customers (account_id, create_key, create_key_at)
values ($1::uuid, 'customer-' || $1, now() - interval '1 day')
"""


class ShopWork:
    """Scenarios that make way for others: they run only while one of their failpoints is on. `asked`: see there."""

    def __init__(self, store: ProofStore, customers: Customers, staff: Staff, asked: Asked) -> None:
        self._store, self._customers, self._staff, self._asked = store, customers, staff, asked
        self._numbers = itertools.count()

    @property
    def scenarios(self) -> list[Scenario]:
        """Each with the failpoints that it passes."""
        cards = ("payments.before_customer_", "payments.after_customer_")
        return [
            Scenario(self.adjust_stock, ("adjust.",), rare=True),
            Scenario(self.import_products, ("import.",), rare=True),
            Scenario(self.answer_a_dispute, ("payments.after_dispute_",), rare=True),
            Scenario(self.save_and_forget_cards, cards, rare=True),
            Scenario(self.read_the_balance, ("payments.after_movements_",), rare=True),
        ]

    async def adjust_stock(self, _customer: Shopper) -> None:
        """A piece that came in: counted once."""
        sku, reason = self._customers.plenty.sku, f"found {uuid.uuid4().hex[:12]}"
        wish, key = {"delta": 1, "reason": reason}, uuid.uuid4().hex
        for _ in range(2):
            await self._staff.ask("POST", f"stock/{sku}/adjustments", wish, key=key)
        self._asked.adjustments.add(reason)

    async def import_products(self, _customer: Shopper) -> None:
        """A file of one product, sent twice."""
        handle = f"imported-{uuid.uuid4().hex[:12]}"
        head = "Handle,Title,Variant SKU,Variant Price"
        for _ in range(2):
            await self._staff.ask("POST", "imports", f"{head}\n{handle},Imported,{handle},25.00\n")
        self._asked.products.add(handle)

    async def answer_a_dispute(self, customer: Shopper) -> None:
        """The bank disputes a payment, and is sent evidence."""
        order = await self._customers.bought(customer)
        intent = await self._customers.intent_of(order)
        await self._store.double_control("disputes", {"payment_intent": intent, "reason": "fraudulent"})

        async def known() -> str:
            return str(await self._customers.value("payments", _DISPUTE, order))

        dispute = await eventually(known, PATIENCE, "a dispute")
        kept = {"text": "Delivered on 2026-11-12.", "submit": False}
        for evidence in (kept, kept, kept, *[{"text": "winning_evidence", "submit": True}] * 2):
            await self._staff.ask("POST", f"disputes/{dispute}/evidence", evidence, done="dispute-not-answerable")
        self._asked.disputes.add(dispute)

    async def save_and_forget_cards(self, customer: Shopper) -> None:
        """An account saves cards; every second one is deleted afterwards, and of every fourth the key was spent."""
        number, account = next(self._numbers), str(uuid7())
        if number % 4 < 2:
            await self._store.rows("payments", _BEGUN, account)
        for _ in range(2):
            await self._ask(customer, "POST", f"customers/{account}/sessions", {"consent": True})
        if number % 2:
            await self._ask(customer, "DELETE", f"customers/{account}")
            await self._store.rows("payments", *run_now("payments.delete_customers"))
        self._asked.accounts[account] = bool(number % 2)

    async def read_the_balance(self, _customer: Shopper) -> None:
        """Have payments read what moved at the provider."""
        await self._store.rows("payments", *run_now("payments.read_balance"))

    async def _ask(self, customer: Shopper, method: str, path: str, body: Any = None) -> None:
        answer = await customer.retry(lambda: as_orders(self._store, path, body, method=method), PATIENCE)
        assert answer.status < 400, f"{method} {path}: {answer}"
