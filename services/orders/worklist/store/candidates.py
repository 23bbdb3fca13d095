"""Which orders a page has to look at: the few that an index finds, where one of the filters finds few."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from chassis.db import ReadTx, ReportTx
from orders.checkout import PaymentStatus
from orders.worklist.domain.filters import Filters
from orders.worklist.store.conditions import Arguments, by_email, by_words

# What a page looks at, at most.
MOST = 2_000
_BACK = {PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED}


async def few(tx: ReadTx | ReportTx, filters: Filters) -> list[UUID] | None:
    """The ids of all orders that one of the filters finds, of that which finds fewest; None if none finds few."""
    take = Arguments()
    asked = [f"array({each} limit {MOST + 1})" for each in _ways(filters, take)]
    if not asked:
        return None
    # Planned for what is asked: the way to a frequent word is another one than that to a rare word.
    sql = f"select {', '.join(f'{each} as way{place}' for place, each in enumerate(asked))}"
    found: list[dict[str, list[UUID]]] = await tx.rows_planned(dict, sql, *take.values)
    fewest = min(found[0].values(), key=len)
    return fewest if len(fewest) <= MOST else None


def _ways(filters: Filters, take: Arguments) -> Iterator[str]:
    """Statements that read an index each."""
    for condition in (*by_email(filters, take), *by_words(filters, take)):
        yield f"select s.order_id from order_search s where {condition}"
    if filters.number:
        yield f"select id from orders where number = {take(filters.number, 'text')}"
    if filters.account_id:
        yield f"select id from orders where account_id = {take(filters.account_id, 'uuid')}"
    if filters.attention:
        yield "select id from orders where attention is not null"
    for tag in filters.tag:
        yield f"select order_id from order_tags where tag = {take(tag, 'text')}"
    yield from _unusual(filters)


def _unusual(filters: Filters) -> Iterator[str]:
    """Of what happens to few orders. The first condition is that of the index."""
    unusual = "select order_id from order_progress where (disputes > 0 or refunded > 0 or returned > 0)"
    payment, fulfilment = set(filters.payment_status), set(filters.fulfilment_status)
    if payment and payment <= _BACK | {PaymentStatus.DISPUTED}:
        yield f"{unusual} and ({'disputes > 0' if not payment & _BACK else 'disputes > 0 or refunded > 0'})"
    if fulfilment and all("returned" in status.value for status in fulfilment):
        yield f"{unusual} and returned > 0"
