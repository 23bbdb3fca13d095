"""Figures are the sums of what was booked, once each, whatever the way of the events."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.outbox import Event
from chassis.values import uuid7
from shop.tests.figures.ledger import BUYER, MUG, NOON, SHIRT, Shop, event, failed, line, ordered, refunded


def euros(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


async def test_sales_are_net_of_refunds_by_day_currency_product_and_country(sales: Shop) -> None:
    first, second, free = uuid7(), uuid7(), uuid7()
    day = timedelta(days=1)
    back, undone = uuid7(), uuid7()
    lines = [line(SHIRT, 2, 5000), line(SHIRT, 1, 2500), line(MUG, 1, 1000)]
    await sales.happened(
        *ordered(first, 9000, account_id=BUYER, country="DE", lines=lines),
        *refunded(first, back, 2500, NOON + day, line(SHIRT, 1, 2500)),
        *refunded(first, undone, 1000, NOON + day, line(MUG, 1, 1000)),
        failed(first, undone, 1000, NOON + day * 2),
        *ordered(second, 4000, NOON + day, account_id=BUYER, country="FR", lines=[line(MUG, 4, 4000)]),
        *ordered(free, 0, NOON, country="DE", lines=[line(MUG, 1, 0)]),
        *ordered(uuid7(), 700, NOON, currency="USD"),
        event("order.placed", NOON, order_id=uuid7(), currency="EUR", account_id=None, total=5),
        event("order.placed", NOON, order_id=uuid7(), currency="EUR", account_id=None, total=5, probe=True),
    )
    found = await sales.told(currency="EUR")
    assert [each["begins"] for each in found] == ["2026-11-10", "2026-11-11", "2026-11-12"]
    assert found[0] == {
        "begins": "2026-11-10",
        "gross": euros(9000),
        "refunded": euros(0),
        "net": euros(9000),
        "average": euros(4500),
        "orders": 2,
        "returning_orders": 0,
        "placed": 3,
        "paid_of_placed": 2,
    }
    assert (found[1]["refunded"], found[1]["net"]) == (euros(3500), euros(500))
    assert (found[1]["orders"], found[1]["returning_orders"]) == (1, 1)
    assert (found[2]["net"], found[2]["average"]) == (euros(1000), None)
    assert [each["gross"]["currency"] for each in await sales.told(by="month")] == ["EUR", "USD"]
    assert await sales.net(by="week", currency="EUR") == {"2026-11-09": 10_500}
    countries = await sales.told("countries", currency="EUR")
    told = [(each["country"], each["orders"], each["net"]["amount"]) for each in countries]
    assert told == [("DE", 2, 6500), ("FR", 1, 4000)]
    products = await sales.told("products", currency="EUR")
    assert [(each["product_id"], each["sold"], each["given_back"]) for each in products] == [
        (str(MUG), 6, 0),
        (str(SHIRT), 3, 1),
    ]
    assert [each["net"]["amount"] for each in products] == [5000, 5000]


async def test_pages_of_products_hold_each_once(sales: Shop) -> None:
    products = sorted(uuid7() for _ in range(5))
    order = uuid7()
    lines = [line(product, 1, 100 + place // 2) for place, product in enumerate(products)]
    await sales.happened(*ordered(order, 506, lines=lines))
    seen: list[str] = []
    query: dict[str, object] = {"currency": "EUR", "limit": 2}
    while True:
        answer = (await sales.ask("products", **query)).json()
        seen += [each["product_id"] for each in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    assert sorted(seen) == [str(each) for each in products]
    assert (await sales.ask("products", currency="EUR", cursor="x")).status_code == 422


@pytest.mark.parametrize("seed", range(3))
async def test_events_that_come_twice_late_or_in_any_order_count_once(sales: Shop, seed: int) -> None:
    """Those of one order, and those of one payment, come in their order; all else may be any way."""
    draw = random.Random(seed)
    queues: list[list[Event]] = []
    expected: dict[str, int] = {}
    for number in range(6):
        order, refund = uuid7(), uuid7()
        at = NOON + timedelta(days=number)
        made = ordered(order, 1000 + number, at, lines=[line(SHIRT, 1, 900)])
        given = refunded(order, refund, 300, at + timedelta(days=1), line(SHIRT, 0, 300))
        undone = [failed(order, refund, 300, at + timedelta(days=2))] if number % 2 else []
        for changed, amount in ((at, 1000 + number), (at + timedelta(days=1), -300)):
            expected[str(changed.date())] = expected.get(str(changed.date()), 0) + amount
        for each in undone:
            expected[str(each.occurred_at.date())] = expected.get(str(each.occurred_at.date()), 0) + 300
        every = [*made, *given, *undone]
        for about in ("order", "payment"):
            queue = [each for each in every if each.aggregate == about]
            queues.append(queue + queue)
    while queues:
        queue = draw.choice(queues)
        again = queue.pop(0)
        await asyncio.gather(*(sales.happened(again) for _ in range(draw.choice((1, 2)))))
        queues = [each for each in queues if each]
    assert await sales.net() == expected
    (shirt,) = await sales.told("products", currency="EUR")
    assert (shirt["sold"], shirt["refunded"]["amount"]) == (6, 900)


async def test_a_refund_that_was_refused_changes_nothing(sales: Shop) -> None:
    order = uuid7()
    await sales.happened(*ordered(order, 1000), failed(order, uuid7(), 400, NOON))
    assert await sales.net() == {"2026-11-10": 1000}


async def test_a_payment_that_is_booked_anew_counts_on_its_new_day(sales: Shop) -> None:
    """Payments went back in time, and has learned of the money again. Its old event may still be read after that."""
    order = uuid7()
    old = ordered(order, 1000)
    await sales.happened(*old)
    await sales.happened(
        event("payment.captured", NOON + timedelta(days=1), order_id=order, amount=1000, currency="EUR")
    )
    await sales.happened(*old)
    assert await sales.net() == {"2026-11-11": 1000, "2026-11-10": 0}


async def test_no_row_holds_the_id_of_an_account(sales: Shop) -> None:
    await sales.happened(*ordered(uuid7(), 1000, account_id=BUYER), *ordered(uuid7(), 1000, account_id=BUYER))
    tables = "figure_orders, figure_bookings, figure_lines, figure_readings"
    rows = " union all ".join(f"select to_jsonb({name})::text as row from {name}" for name in tables.split(", "))
    found = await sales.do(f"select string_agg(row, ' ') from ({rows}) as found")
    assert BUYER.hex not in found.replace("-", "")
    assert await sales.do("select count(distinct buyer) from figure_orders") == 1


async def test_input_is_refused_by_its_name(sales: Shop) -> None:
    for path, query, field in (
        ("sales", {"from": "2026-11-31"}, "query.from"),
        ("sales", {"until": "2026-10-31"}, "query.until"),
        ("sales", {"from": "2025-01-01"}, "query.until"),
        ("sales", {"by": "year"}, "query.by"),
        ("countries", {"currency": "eur"}, "query.currency"),
        ("products", {}, "query.currency"),
    ):
        answer = await sales.ask(path, **query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    nobody = await sales.service.client.get("/api/v1/admin/figures/sales?from=2026-11-01&until=2026-11-02")
    assert nobody.status_code == 401
    stranger = sales.service.token(scopes=("orders:read",))
    path = "/api/v1/admin/figures/sales?from=2026-11-01&until=2026-11-02"
    assert (await sales.service.client.get(path, headers=stranger)).status_code == 403


async def test_a_change_of_the_time_zone_leaves_days_that_have_begun(sales: Shop) -> None:
    async def counted(moment: str) -> str:
        return str(await sales.do("select figure_day($1::text::timestamptz)", moment))

    async def change(zone: str) -> None:
        await sales.do("update profile set time_zone = $1 returning 1", zone)

    late = "2026-11-10T23:30:00Z"
    assert await counted(late) == "2026-11-10"
    await change("Asia/Tokyo")
    await change("Pacific/Auckland")
    await change("Asia/Tokyo")
    assert await counted(late) == "2026-11-10"
    ahead = await sales.do("select valid_from - now() from figure_zones where time_zone = 'Asia/Tokyo'")
    assert timedelta(minutes=59) < ahead <= timedelta(hours=25)
    begins = await sales.do(
        "select (valid_from at time zone 'Asia/Tokyo')::time::text from figure_zones where time_zone = 'Asia/Tokyo'"
    )
    assert (begins, await sales.do("select count(*) from figure_zones")) == ("00:00:00", 2)
    before, after = "valid_from - interval '1 second'", "valid_from + interval '14 hours 59 minutes'"
    days = f"select array[figure_day({before}), figure_day({after})] from figure_zones where time_zone = 'Asia/Tokyo'"
    first, second = await sales.do(days)
    assert first <= second
    # As if it had been changed some days ago.
    await sales.do(
        "update figure_zones set valid_from = '2026-11-09T15:00:00Z' where time_zone = 'Asia/Tokyo' returning 1"
    )
    assert await counted(late) == "2026-11-11"
    await sales.happened(*ordered(UUID(int=1), 500, NOON.replace(hour=23)))
    answer = (await sales.ask("sales")).json()
    assert [each["begins"] for each in answer["items"]] == ["2026-11-11"]
    assert answer["time_zones"] == [
        {"time_zone": "UTC", "valid_from": None},
        {"time_zone": "Asia/Tokyo", "valid_from": "2026-11-09T15:00:00Z"},
    ]
    await change("UTC")
    await change("Asia/Tokyo")
    assert await sales.do("select count(*) from figure_zones") == 2
