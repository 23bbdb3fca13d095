"""The report of a day in the shop's time zone."""

from __future__ import annotations

from datetime import date

import msgspec

from chassis import telemetry
from payments.context import PaymentsContext
from payments.payouts.domain.report import DayOfAccount
from payments.payouts.store import payouts, report

_log = telemetry.logger(__name__)


class DailyReport(msgspec.Struct, frozen=True):
    """`read_until`: up to when the provider's fees and payouts were read, in Unix seconds; 0: not yet."""

    day: date
    time_zone: str
    read_until: float
    accounts: list[DayOfAccount]


async def report_day(ctx: PaymentsContext, day: date | None) -> DailyReport:
    """The report of a day; of the last whole day where none is given."""
    zone = ctx.settings.time_zone
    async with ctx.db.report() as tx:
        wanted = day or await report.yesterday(tx, zone)
        accounts = await report.of_day(tx, wanted, zone)
        counts = await payouts.counts(tx)
    for each in accounts:
        if not each.adds_up:
            _log.error("report.wrong", currency=each.currency, reason=each.account)
    return DailyReport(wanted, zone, counts.read_until, accounts)
