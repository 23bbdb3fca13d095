"""The daily report adds up to the ledger, in the shop's time zone, also where a day has 23 or 25 hours."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7
from payments.payouts.domain.report import DayOfAccount
from payments.settings import PaymentsSettings
from payments.tests.conftest import attended, settings
from payments.tests.double import Double, Listener
from payments.tests.shop import Shop
from payments.tests.test_parts import BASE

# Kind, the account that is debited, the account that is credited.
MOVES = [
    ("capture", "provider_receivable", "customer_orders"),
    ("receipt", "bank", "customer_orders"),
    ("receipt", "cash", "customer_orders"),
    ("refund", "customer_orders", "provider_receivable"),
    ("refund", "customer_orders", "bank"),
    ("refund_reversal", "provider_receivable", "customer_orders"),
    ("dispute", "disputes", "provider_receivable"),
    ("dispute_reversal", "provider_receivable", "disputes"),
    ("fee", "provider_fees", "provider_receivable"),
    ("fee", "provider_receivable", "provider_fees"),
    ("payout", "bank", "provider_receivable"),
    ("payout", "provider_receivable", "bank"),
]
COLUMNS = {
    "captured": ({"capture", "receipt"}, 1),
    "refunded": ({"refund", "refund_reversal"}, -1),
    "disputed": ({"dispute", "dispute_reversal"}, -1),
    "fees": ({"fee"}, -1),
    "paid_out": ({"payout"}, -1),
}
Line = tuple[str, str, str, datetime, int]


async def booked(shop: Shop, seed: int, days: list[date]) -> list[Line]:
    """Some transactions of every kind around these days: account, currency, kind, time, debits less credits."""
    choice = random.Random(seed)
    lines: list[Line] = []
    payment_id = (await shop.create()).json()["payment_id"]
    async with shop.app.ctx.db.write() as tx:
        for number in range(120):
            kind, debit, credit = choice.choice(MOVES)
            currency, amount = choice.choice(["EUR", "JPY"]), choice.randint(1, 10**6)
            at = datetime.combine(choice.choice(days), datetime.min.time(), UTC)
            at += timedelta(seconds=choice.randint(-86_400, 2 * 86_400))
            name, reference = uuid7(), None if kind == "capture" else f"{seed}-{number}"
            if kind == "capture":  # a payment has one
                kind, reference = "receipt", f"{seed}-{number}"
            await tx.execute(
                "insert into ledger_transactions (id, payment_id, kind, reference, occurred_at)"
                " values ($1, $2, $3, $4, $5)",
                name, payment_id, kind, reference, at,
            )  # fmt: skip
            for position, (account, side) in enumerate(((debit, "debit"), (credit, "credit"))):
                await tx.execute(
                    "insert into ledger_entries values ($1, $2, $3, $4, $5, $6)",
                    name, position, account, side, amount, currency,
                )  # fmt: skip
                lines.append((account, currency, kind, at, amount if side == "debit" else -amount))
    return lines


def expected(lines: list[Line], day: date, zone: str) -> dict[tuple[str, str], dict[str, int]]:
    """What the report of a day must say, added up one by one."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for account, currency, kind, at, amount in lines:
        if account not in {"provider_receivable", "bank", "cash"}:
            continue
        sums = found.setdefault((account, currency), Counter())
        local = at.astimezone(ZoneInfo(zone)).date()
        sums["opening"] += amount if local < day else 0
        sums["closing"] += amount if local <= day else 0
        if local == day:
            (column,) = [name for name, (kinds, _) in COLUMNS.items() if kind in kinds]
            sums[column] += amount * COLUMNS[column][1]
    return {key: {name: sums[name] for name in ("opening", *COLUMNS, "closing")} for key, sums in found.items()}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 11, 14)),
        ("Europe/Berlin", date(2026, 3, 29)),  # 23 hours
        ("Europe/Berlin", date(2026, 10, 25)),  # 25 hours
        ("Pacific/Auckland", date(2026, 4, 5)),
    ],
)
async def test_each_day_is_what_was_booked_in_it_to_the_cent(
    bench: Bench, double: Double, listener: Listener, zone: str, day: date
):
    async with running_app("payments", bench, **settings(double.url), time_zone=zone) as app:
        shop = await attended(Shop(app, double, listener))
        lines = await booked(shop, day.toordinal(), [day - timedelta(days=1), day])
        before: dict[Any, dict[str, int]] = {}
        for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
            answer = (await shop.staff(f"/reports/daily?date={each}")).json()
            assert (answer["date"], answer["time_zone"], answer["read_until"]) == (str(each), zone, None)
            shown = {
                (item["account"], item["opening"]["currency"]): {
                    name: value["amount"] for name, value in item.items() if name != "account"
                }
                for item in answer["items"]
            }
            assert shown == expected(lines, each, zone)
            for key, line in shown.items():
                out = line["refunded"] + line["disputed"] + line["fees"] + line["paid_out"]
                assert line["opening"] + line["captured"] - out == line["closing"]
                assert line["opening"] == before.get(key, line)["closing" if key in before else "opening"]
            before = shown


async def test_the_csv_has_the_same_figures_in_the_units_of_their_currency(shop: Shop):
    lines = await booked(shop, 7, [date(2026, 11, 14)])
    answer = await shop.staff("/reports/daily/csv?date=2026-11-14")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="daily-2026-11-14.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    wanted = expected(lines, date(2026, 11, 14), "UTC")
    assert {(row["account"], row["currency"]) for row in rows} == set(wanted)
    for row in rows:
        places = 1 if row["currency"] == "JPY" else 100
        assert ("." in row["closing"]) is (places == 100)
        for name in ("opening", *COLUMNS, "closing"):
            assert round(float(row[name]) * places) == wanted[row["account"], row["currency"]][name]


async def test_without_a_date_it_is_yesterdays_and_a_bad_one_is_named(shop: Shop):
    (row,) = await shop.rows("select ((now() at time zone 'UTC')::date - 1)::text as day")
    assert (await shop.staff("/reports/daily")).json()["date"] == row["day"]
    assert (await shop.staff("/reports/daily")).json()["items"] == []
    for wrong in ("2026-02-30", "yesterday", "0001-01-01", "9999-12-31", "2026-11-14T10:00:00Z", "1"):
        for path in ("", "/csv"):
            answer = await shop.staff(f"/reports/daily{path}?date={wrong}")
            assert answer.status_code == 422, (wrong, answer.text)
            assert answer.json()["errors"][0]["field"] == "query.date"


def test_a_day_that_does_not_add_up_is_seen():
    line = DayOfAccount("bank", "EUR", 5, 10, 1, 2, 3, 4, 5)
    assert line.adds_up
    assert not DayOfAccount("bank", "EUR", 5, 10, 1, 2, 3, 4, 6).adds_up


def test_a_time_zone_that_is_none_does_not_start():
    with pytest.raises(ValidationError, match="TIME_ZONE"):
        PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", "time_zone": "Mars/Olympus"})
