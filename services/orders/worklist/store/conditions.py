"""What each filter asks of an order, as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orders.worklist.domain.filters import Filters, number_in
from orders.worklist.store.states import FULFILMENT, LIFE, PAYMENT

# Above all that an address can begin with.
_LAST_SIGN = "\U0010ffff"


class Arguments:
    """The arguments of a statement: each gets the next number."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def __call__(self, value: Any, kind: str) -> str:
        """How the statement names this value."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


def by_words(filters: Filters, take: Arguments) -> Iterator[str]:
    """Of a row `s` of order_search: each is answered by the index of its words."""
    if filters.text:
        words = f"search_words({take(filters.text, 'text')})"
        # A text without a letter or digit finds nothing, for it has no word.
        found = f"(cardinality({words}) > 0 and s.words @> {words})"
        number = number_in(filters.text)
        yield f"({found} or s.words @> {take([number], 'text[]')})" if number else found
    labelled = {
        "sku": filters.sku and filters.sku.lower(),
        "country": filters.country,
        "currency": filters.currency,
        "method": filters.shipping_method,
    }
    for label, value in labelled.items():
        if value:
            yield f"s.words @> {take([f'{label}:{value}'], 'text[]')}"


def by_email(filters: Filters, take: Arguments) -> Iterator[str]:
    """Of a row `s` of order_search."""
    if filters.email and filters.email.endswith("*"):
        begin = filters.email.removesuffix("*").lower()
        # Not `like`: its index is used only where the text is known when the statement is planned.
        yield f"s.email ~>=~ {take(begin, 'text')} and s.email ~<~ {take(begin + _LAST_SIGN, 'text')}"
    elif filters.email:
        yield f"s.email = {take(filters.email.lower(), 'text')}"


def by_order(filters: Filters, take: Arguments) -> Iterator[str]:
    """Of an order `o`."""
    if filters.number:
        yield f"o.number = {take(filters.number, 'text')}"
    if filters.account_id:
        yield f"o.account_id = {take(filters.account_id, 'uuid')}"
    if filters.attention:
        yield "o.attention is not null"
    if filters.payment_method:
        yield f"o.payment_method = any({take(list(filters.payment_method), 'text[]')})"
    for tag in filters.tag:
        yield f"exists (select from order_tags t where t.order_id = o.id and t.tag = {take(tag, 'text')})"


def by_state(filters: Filters, take: Arguments) -> Iterator[str]:
    """Of an order `o`, its progress `p` and its lines `l`."""
    wanted = ((PAYMENT, filters.payment_status), (FULFILMENT, filters.fulfilment_status), (LIFE, filters.life))
    for derived, statuses in wanted:
        if statuses:
            yield f"({derived}) = any({take([status.value for status in statuses], 'text[]')})"


def needs_lines(filters: Filters) -> bool:
    """Whether the lines are to be counted."""
    return bool(filters.fulfilment_status or filters.life)
