"""Stripe's calls about the account's balance: its movements, and payouts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from chassis import telemetry
from payments.domain.movement import Movement
from payments.domain.payout import Payout
from payments.provider.amounts import from_provider
from payments.provider.pages import Pages
from payments.provider.stripe_movements import movement_of
from payments.provider.stripe_payloads import Unreadable

MOST_PAGES = 5_000
"""Of one list: 500,000 objects."""
T = TypeVar("T")
_log = telemetry.logger(__name__)


class _Payout(msgspec.Struct, frozen=True):
    id: str
    object: str
    amount: int
    currency: str
    status: str
    created: int
    arrival_date: int
    automatic: bool = True
    failure_code: str | None = None
    failure_message: str | None = None
    reconciliation_status: str = ""


class BalanceCalls:
    """Every call raises Unknown or Refused, as those of PaymentProvider. What cannot be read is logged and left out."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[list[Movement]]:
        """The movements that were made from `since` on and before `until`, the newest first, by the page."""
        between = {"gte": int(since.timestamp()), "lt": int(until.timestamp()) + 1}
        async for page in self._whole("balance_transactions", {"created": between}):
            yield _read(page, movement_of)

    async def movements_of(self, payout_id: str) -> AsyncIterator[list[Movement]]:
        """The movements that were paid out in an automatic payout, by the page; the payout's own is among them."""
        async for page in self._whole("balance_transactions", {"payout": payout_id}):
            yield _read(page, movement_of)

    async def payouts(self, since: datetime) -> AsyncIterator[list[Payout]]:
        """The payouts that were made since then, the newest first, by the page."""
        async for page in self._whole("payouts", {"created": {"gte": int(since.timestamp())}}):
            yield _read(page, payout_of)

    async def _whole(self, path: str, filters: dict[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
        """The pages of a list. A list of which a part was left out would be taken for all that there is."""
        number = 0
        async for page in self._pages.of(path, filters, most=MOST_PAGES):
            yield page
            number += 1
        if number == MOST_PAGES:
            raise Unread(f"{path} has {MOST_PAGES} pages or more")


class Unread(Exception):
    """A list was longer than is read of one."""


def payout_of(document: object) -> Payout:
    """The payout in a JSON object that Stripe answered.

    Raises:
        Unreadable: it is none.
    """
    try:
        read = msgspec.convert(document, _Payout)
        created = datetime.fromtimestamp(read.created, UTC)
        arrives_on = datetime.fromtimestamp(read.arrival_date, UTC).date()
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as wrong:
        raise Unreadable(str(wrong)) from None
    amount = from_provider(read.amount, read.currency.upper())
    if read.object != "payout" or amount is None:
        raise Unreadable("it is no payout, or its amount is none of ours")
    failure = ": ".join(part for part in (read.failure_code, read.failure_message) if part)
    return Payout(
        id=read.id,
        amount=amount,
        currency=read.currency.upper(),
        status=read.status[:50],
        automatic=read.automatic,
        arrives_on=arrives_on,
        failure=failure[:300] or None,
        complete=read.reconciliation_status == "completed",
        created_at=created,
    )


def _read(page: list[dict[str, Any]], reading: Callable[[object], T]) -> list[T]:
    found = []
    for document in page:
        try:
            found.append(reading(document))
        except Unreadable as wrong:
            _log.error("balance.unreadable", reason=str(wrong))
    return found
