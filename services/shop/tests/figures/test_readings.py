"""What orders and payments hold is read anew: it replaces what is here, page by page, but for what comes meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.values import uuid7
from shop.after_restore import after_restore
from shop.figures import read_sources
from shop.figures.usecases import read_sources as reading
from shop.tests.figures.ledger import BUYER, MUG, NOON, SHIRT, Shop, event, line, ordered
from shop.tests.figures.sources import Sources


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two orders, three of them in a run."""
    monkeypatch.setattr(reading, "ORDERS_A_PAGE", 2)
    monkeypatch.setattr(reading, "MOST_PAGES", 3)


@pytest.mark.usefixtures("short")
async def test_figures_are_made_from_nothing_and_what_is_wrong_is_put_right(beside: Shop, sources: Sources) -> None:
    orders = sorted(uuid7() for _ in range(9))
    for number, each in enumerate(orders):
        refund = [{"refund_id": uuid7(), "lines": [line(MUG, 1, 100)]}] if number == 1 else []
        lines = [line(SHIRT, 1, 600), line(MUG, 1, 400 + number)]
        sources.sold(each, 1000 + number if number else 0, NOON, account_id=BUYER, lines=lines, refunds=refund)
        for given in refund:
            back = {"kind": "refund", "reference": given["refund_id"], "amount": -100, "booked_at": NOON}
            sources.bookings[each].append({**sources.bookings[each][0], **back})
    lost, known = uuid7(), orders[4]
    await beside.happened(
        *ordered(lost, 5000, lines=[line(MUG, 9, 5000)]),
        *ordered(known, 1, NOON - timedelta(days=3), country="FR", lines=[line(MUG, 1, 1)]),
    )
    await beside.begin()
    await beside.read()
    total = sum(1000 + number for number in range(1, 9)) - 100
    (day,) = await beside.told()
    assert (day["begins"], day["net"]["amount"]) == ("2026-11-10", total)
    assert (day["orders"], day["returning_orders"], day["placed"], day["paid_of_placed"]) == (9, 8, 9, 9)
    assert [each["country"] for each in await beside.told("countries")] == ["DE"]
    shirt, mug = await beside.told("products", currency="EUR")
    assert (shirt["sold"], mug["sold"], mug["given_back"]) == (9, 9, 1)
    assert mug["net"]["amount"] == sum(400 + number for number in range(9)) - 100
    # Again it changes nothing.
    before = await beside.do("select array[sum(xmin::text::bigint), count(*)] from figure_bookings")
    await beside.begin()
    await beside.read()
    assert await beside.do("select array[sum(xmin::text::bigint), count(*)] from figure_bookings") == before
    # An order that cost nothing and is gone, with its account in those that stay.
    sources.forget(orders[0])
    for held in sources.orders.values():
        held["account_id"] = None
    await beside.begin()
    await beside.read()
    (day,) = await beside.told()
    assert (day["orders"], day["returning_orders"], day["net"]["amount"]) == (8, 7, total)


async def test_what_comes_while_a_page_is_read_stays(beside: Shop, sources: Sources) -> None:
    """Its event has come, and the source was read before."""
    now = datetime.now(UTC)
    await beside.happened(*ordered(uuid7(), 700, now))
    await beside.begin()
    await beside.read()
    days = {"from": str(now.date() - timedelta(days=1)), "until": str(now.date() + timedelta(days=1))}
    assert [each["net"]["amount"] for each in await beside.told(**days)] == [700]


@pytest.mark.usefixtures("short")
async def test_many_read_at_once_and_events_come_meanwhile(beside: Shop, sources: Sources) -> None:
    orders = [uuid7() for _ in range(12)]
    for each in orders:
        sources.sold(each, 1000, NOON)

    async def read() -> None:
        for _ in range(6):
            await read_sources(beside.service.ctx)

    async def happen() -> None:
        for each in orders:
            await beside.happened(*ordered(each, 1000))

    await beside.begin()
    await asyncio.gather(*(read() for _ in range(4)), happen())
    await beside.read()
    assert await beside.net() == {"2026-11-10": 12_000}


@pytest.mark.usefixtures("short")
async def test_a_reading_that_died_or_found_nobody_goes_on_where_it_was(beside: Shop, sources: Sources) -> None:
    for _ in range(4):
        sources.sold(uuid7(), 1000, NOON)
    failpoints.configure("figures.page_read=raise*1")
    try:
        await beside.begin()
        with pytest.raises(failpoints.InjectedFault):
            await read_sources(beside.service.ctx)
        assert sources.asked
        await beside.read()
    finally:
        failpoints.configure("")
    assert await beside.net() == {"2026-11-10": 4000}
    sources.away = True
    await beside.begin()
    with pytest.raises(Unavailable):
        await read_sources(beside.service.ctx)
    sources.sold(uuid7(), 500, NOON)
    sources.away = False
    await beside.read()
    assert await beside.net() == {"2026-11-10": 4500}


async def test_after_a_restore_all_is_read_once_the_others_serve(beside: Shop, sources: Sources) -> None:
    order = uuid7()
    sources.sold(order, 1000, NOON)
    assert (await after_restore(beside.service.ctx, datetime.now(UTC)))[1].startswith("Sales figures")
    assert await beside.do("select min(due_at) > now() + interval '1 minute' from figure_readings")
    await read_sources(beside.service.ctx)
    assert sources.asked == []
    await beside.do("update figure_readings set due_at = now() returning 1")
    await beside.read()
    assert await beside.net() == {"2026-11-10": 1000}
    # What payments went back over and has not learned of again.
    sources.bookings[order] = []
    await beside.happened(event("payment.captured", NOON, order_id=order, amount=1000, currency="EUR"))
    await beside.begin()
    await beside.read()
    assert await beside.net() == {"2026-11-10": 0}
