"""Decodes Stripe's balance transactions. Only the fields named here are used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from payments.domain.movement import Movement
from payments.provider.amounts import from_provider
from payments.provider.stripe_payloads import Unreadable


class _Named(msgspec.Struct, frozen=True):
    id: str


class _Transaction(msgspec.Struct, frozen=True):
    id: str
    object: str
    amount: int
    currency: str
    created: int
    fee: int = 0
    type: str = ""
    reporting_category: str = ""
    source: str | _Named | None = None


def movement_of(document: object) -> Movement:
    """The movement in a JSON object that Stripe answered.

    Raises:
        Unreadable: it is none.
    """
    try:
        read = msgspec.convert(document, _Transaction)
        created = datetime.fromtimestamp(read.created, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as wrong:
        raise Unreadable(str(wrong)) from None
    if read.object != "balance_transaction":
        raise Unreadable("it is no balance_transaction")
    currency = read.currency.upper()
    amount, fee = from_provider(read.amount, currency), from_provider(read.fee, currency)
    if amount is None or fee is None:
        raise Unreadable(f"{read.amount} {read.currency} is no amount of ours")
    return Movement(
        id=read.id,
        type=read.type[:100],
        category=read.reporting_category[:100] or read.type[:100],
        amount=amount,
        fee=fee,
        currency=currency,
        source=read.source.id if isinstance(read.source, _Named) else read.source,
        created_at=created,
    )


def movements_in(documents: list[Any]) -> tuple[Movement, ...]:
    """The movements that an object of Stripe's holds; those that it only names by their ids are left out."""
    return tuple(movement_of(each) for each in documents if isinstance(each, dict))
