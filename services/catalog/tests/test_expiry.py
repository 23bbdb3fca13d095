"""Holds that were kept too long."""

from __future__ import annotations

from uuid import UUID

import pytest

from catalog.tests.shop import PRINT, Shop, simple
from catalog.usecases.expire_reservations import expire_reservations
from chassis.values import uuid7


@pytest.fixture(autouse=True)
async def no_other_sweep(shop: Shop) -> None:
    await shop.stop_sweeping()


async def lapse(shop: Shop, order_id: UUID) -> None:
    """Let an order's hold be over, for the sweep has not come yet."""
    async with shop.db.write() as tx:
        sql = "update reservations set expires_at = now() - interval '1 second' where order_id = $1"
        assert await tx.execute(sql, order_id) == 1


async def expired(shop: Shop, order_id: UUID) -> None:
    await lapse(shop, order_id)
    assert await expire_reservations(shop.app.ctx) == 1


async def status(shop: Shop, order_id: UUID) -> str | None:
    async with shop.db.read() as tx:
        found: str | None = await tx.value("select status from reservations where order_id = $1", order_id)
    return found


@pytest.mark.parametrize("outside", [False, True])
async def test_an_expired_reservation_is_released_and_who_follows_from_outside_is_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, *, outside: bool
):
    """No service of this repository does anything with the event."""
    monkeypatch.setattr(shop.app.ctx.db, "_followed_outside", outside)
    await shop.stock_up(PRINT)
    kept, gone = uuid7(), uuid7()
    await shop.reserve(kept, TIDE_30=1)
    await shop.reserve(gone, TIDE_30=3, TIDE_50=2)
    await expired(shop, gone)
    assert await shop.level("TIDE-30") == (10, 1)
    assert await shop.level("TIDE-50") == (5, 0)
    assert await shop.events("reservation.expired") == ([{"order_id": str(gone)}] if outside else [])
    assert await expire_reservations(shop.app.ctx) == 0
    assert (await status(shop, kept), await status(shop, gone)) == ("held", "expired")


async def test_more_lapsed_holds_than_one_batch_all_go_back(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.usecases.expire_reservations.BATCH", 3)
    await shop.stock_up(simple("ONE", 10))
    for _ in range(7):
        order = uuid7()
        await shop.reserve(order, ONE=1)
        await lapse(shop, order)
    assert await expire_reservations(shop.app.ctx) == 7
    assert await shop.level("ONE") == (10, 0)


async def test_the_service_runs_the_sweep(shop: Shop):
    assert any(work.seconds <= 5 for work in shop.app.ctx.jobs.table.periodic.values() if "expire" in work.name)


async def test_a_commit_in_the_last_moment_finds_its_units(shop: Shop):
    await shop.stock_up(simple("ONE", 1))
    order = uuid7()
    await shop.reserve(order, ONE=1)
    await lapse(shop, order)
    assert (await shop.commit(order)).status_code == 200
    assert await expire_reservations(shop.app.ctx) == 0
    assert await shop.level("ONE") == (0, 0)


@pytest.mark.parametrize("other_was_quicker", [False, True])
async def test_a_commit_after_expiry_tries_to_get_the_units_anew(shop: Shop, other_was_quicker: bool):  # noqa: FBT001 -- a parameter
    await shop.stock_up(simple("ONE", 1))
    order = uuid7()
    await shop.reserve(order, ONE=1)
    await expired(shop, order)
    if other_was_quicker:
        assert (await shop.reserve(ONE=1)).status_code == 200
        late = await shop.commit(order)
        assert late.status_code == 409
        assert late.json()["lines"][0]["sku"] == "ONE"
        assert (await status(shop, order), await shop.level("ONE")) == ("expired", (1, 1))
    else:
        assert (await shop.commit(order)).status_code == 200
        assert (await status(shop, order), await shop.level("ONE")) == ("committed", (0, 0))


async def test_an_expired_order_may_hold_again_and_expire_again(shop: Shop):
    await shop.stock_up(simple("ONE", 1))
    order = uuid7()
    await shop.reserve(order, ONE=1)
    await expired(shop, order)
    assert (await shop.reserve(order, ONE=1)).json()["status"] == "held"
    assert await shop.level("ONE") == (1, 1)
    await expired(shop, order)
    assert (await shop.release(order)).status_code == 200
    assert (await status(shop, order), await shop.level("ONE")) == ("released", (1, 0))


async def test_a_lapsed_hold_that_nobody_swept_is_prolonged(shop: Shop):
    await shop.stock_up(simple("ONE", 1))
    order = uuid7()
    await shop.reserve(order, ONE=1)
    await lapse(shop, order)
    assert (await shop.reserve(order, ONE=1)).status_code == 200
    assert await expire_reservations(shop.app.ctx) == 0
    assert await shop.level("ONE") == (1, 1)
