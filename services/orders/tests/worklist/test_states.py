"""The states by which orders are filtered are those that are shown: SQL and the rules say the same of every order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import asyncpg
import msgspec

from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench
from orders.checkout import OrderStatus, Payment, Progress
from orders.checkout.domain import order_states
from orders.worklist.store.states import FULFILMENT, LIFE, PAYMENT

_CASES = """
from jsonb_to_recordset($1) as c (
    place integer, status text, payment text, total bigint, ordered integer, ships boolean, progress jsonb
),
lateral (select c.status, c.payment, c.total) as o, lateral (select c.ordered, c.ships) as l
left join lateral (
    select *, case when archived then now() end as archived_at from jsonb_to_record(c.progress) as p (
        cancelled integer, fulfilled integer, returned integer, refunded bigint, refund_pending bigint,
        disputes integer, archived boolean
    ) where jsonb_typeof(c.progress) = 'object'
) as p on true order by c.place
"""


class Case(msgspec.Struct):
    status: str = "paid"
    payment: str = "captured"
    total: int = 2
    ordered: int = 2
    ships: bool = True
    progress: Progress | None = None

    @property
    def expected(self) -> tuple[str, str, str]:
        progress = self.progress or Progress()
        return (
            order_states.payment_status(Payment(self.payment), self.total, progress).value,
            order_states.fulfilment_status(self.ordered, progress, ships=self.ships).value,
            order_states.life(OrderStatus(self.status), self.ordered, progress).value,
        )


def cases() -> Iterator[Case]:
    for payment, refunded, pending, disputes in product(Payment, range(4), range(2), range(2)):
        yield Case(payment=payment.value)
        figures = Progress(refunded=refunded, refund_pending=pending, disputes=disputes)
        yield Case(payment=payment.value, progress=figures)
    for ordered, cancelled, fulfilled, ships in product(range(4), range(4), range(4), (True, False)):
        yield Case(ordered=ordered, ships=ships)
        for returned in range(fulfilled + 1):
            figures = Progress(cancelled=cancelled, fulfilled=fulfilled, returned=returned)
            yield Case(ordered=ordered, ships=ships, progress=figures)
    for status, cancelled, archived in product(OrderStatus, range(4), (True, False)):
        yield Case(status=status.value)
        yield Case(status=status.value, progress=Progress(cancelled=cancelled, archived=archived))


async def test_every_state_is_filtered_by_as_it_is_shown(bench: Bench) -> None:
    every = list(cases())
    sent: list[Any] = [{**msgspec.to_builtins(case), "place": place} for place, case in enumerate(every)]
    owner = await asyncpg.connect(await empty_database(bench.postgres, "orders"))
    rows = await owner.fetch(f"select {PAYMENT}, {FULFILMENT}, {LIFE} {_CASES}", msgspec.json.encode(sent).decode())
    await owner.close()
    assert len({case.expected for case in every}) > 15
    for case, row in zip(every, rows, strict=True):
        assert tuple(row) == case.expected, case
