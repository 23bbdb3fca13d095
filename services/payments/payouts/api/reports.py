"""For staff: the daily report, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from chassis.auth import require
from chassis.values import Money
from chassis.web import Model, SignedMoney
from payments.context import Ctx
from payments.domain.ledger import Account
from payments.payouts.domain.report import DayOfAccount
from payments.payouts.usecases.report_day import DailyReport, report_day

router = APIRouter(
    prefix="/api/v1/admin/reports/daily", tags=["staff: payments"], dependencies=[Depends(require("payments:read"))]
)
_Date = date
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
Day = Annotated[
    date | None,
    Query(
        alias="date",
        ge=_FIRST,
        le=_LAST,
        description="A day of the shop's time zone; the last whole one where it is left out",
        examples=["2026-11-28"],
    ),
]
_AMOUNTS = ("opening", "captured", "refunded", "disputed", "fees", "paid_out", "closing")
_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One line for each account and currency",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


class DailyLine(Model):
    """An account in a currency: `opening` and `captured`, less the four that follow, are `closing`."""

    account: Account = Field(description="Stripe, the bank, or the till", examples=["provider_receivable"])
    opening: SignedMoney = Field(description="What it held at the beginning of the day")
    captured: SignedMoney = Field(description="What customers paid")
    refunded: SignedMoney = Field(description="Given back, less refunds that failed")
    disputed: SignedMoney = Field(description="Withdrawn for disputes, less what was given back")
    fees: SignedMoney = Field(description="Taken by Stripe")
    paid_out: SignedMoney = Field(description="Paid out by Stripe, less what came back; of the bank it is below 0")
    closing: SignedMoney = Field(description="What it held at its end")

    @classmethod
    def of(cls, line: DayOfAccount) -> Self:
        """The API's form of a line."""
        amounts = {name: SignedMoney(amount=getattr(line, name), currency=line.currency) for name in _AMOUNTS}
        return cls(account=line.account, **amounts)


class DailyReportView(Model):
    """A day by account and currency, as it stands in the ledger."""

    date: _Date = Field(description="The day", examples=["2026-11-28"])
    time_zone: str = Field(description="Where it begins and ends", examples=["Europe/Berlin"])
    read_until: datetime | None = Field(
        description="Up to when fees and payouts were read from Stripe; what is later is booked on the day it is read",
        examples=["2026-11-29T08:10:00Z"],
    )
    items: list[DailyLine]

    @classmethod
    def of(cls, report: DailyReport) -> Self:
        """The API's form of a report."""
        read = datetime.fromtimestamp(report.read_until, UTC) if report.read_until else None
        items = [DailyLine.of(line) for line in report.accounts]
        return cls(date=report.day, time_zone=report.time_zone, read_until=read, items=items)


@router.get("", summary="The report of a day", operation_id="read_daily_report")
async def daily(ctx: Ctx, day: Day = None) -> DailyReportView:
    """What was captured, refunded, disputed, taken as fees and paid out, with the balances before and after."""
    return DailyReportView.of(await report_day(ctx, day))


@router.get(
    "/csv",
    summary="The report of a day as CSV",
    operation_id="read_daily_report_csv",
    response_class=Response,
    responses=_CSV,
)
async def daily_csv(ctx: Ctx, day: Day = None) -> Response:
    """The same; amounts have the decimal places of their currency."""
    report = await report_day(ctx, day)
    name = f"daily-{report.day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(report), media_type="text/csv; charset=utf-8", headers=headers)


def written(report: DailyReport) -> str:
    """The lines of a report as CSV. All cells are of our own words, codes and numbers."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["date", "time_zone", "account", "currency", *_AMOUNTS])
    for line in report.accounts:
        amounts = [str(Money(getattr(line, name), line.currency)).partition(" ")[0] for name in _AMOUNTS]
        rows.writerow([report.day.isoformat(), report.time_zone, line.account, line.currency, *amounts])
    return text.getvalue()
