"""A basket is priced with the discounts that staff keep: automatic ones, and those that its codes stand for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.problems import RateLimited
from chassis.testing import RunningApp
from orders.pricing.discounts import Guessers, count_misses, look_up, may_try
from orders.pricing.domain.basket import BasketLine, Used, Wanted
from orders.pricing.domain.priced import Priced
from orders.pricing.usecases.priced import priced
from orders.tests.discounts.desk import Desk

ME = b"m" * 16


def wanted(*codes: str, currency: str = "EUR", customer: bytes | None = None) -> Wanted:
    line = BasketLine(uuid4(), uuid4(), "Tee", (), 2, 1000)
    return Wanted((line,), currency, codes=codes, customer=customer)


async def price(desk: Desk, *codes: str, customer: bytes | None = None) -> Priced:
    return (await priced(desk.service.ctx, wanted(*codes, customer=customer)))[0]


async def test_a_change_counts_from_the_next_price_on(desk: Desk) -> None:
    assert (await price(desk)).discount == 0
    made = await desk.make(automatic=True)
    assert (await price(desk)).discount == 200
    await desk.change(made, rate=500_000)
    assert (await price(desk)).discount == 1000
    await desk.call("PUT", f"/{made['id']}/status", json={"status": "disabled"})
    assert (await price(desk)).discount == 0


async def test_a_code_counts_and_says_what_is_to_be_counted(desk: Desk) -> None:
    made = await desk.make("SAVE", max_uses=1)
    found = await price(desk, "sa ve", "other", customer=ME)
    assert (found.discount, found.total) == (200, found.subtotal - 200 + found.shipping)
    assert [(each.discount_id, each.code, each.customer) for each in found.uses] == [(UUID(made["id"]), "SAVE", ME)]
    assert [(each.code, each.reason) for each in found.rejected] == [("OTHER", "unknown")]
    await desk.use((made, "SAVE"))
    assert [each.reason for each in (await price(desk, "SAVE")).rejected] == ["used-up"]


async def test_codes_that_were_switched_off_or_spent_or_whose_discount_was_are_refused(desk: Desk) -> None:
    gift, off = await desk.make("GIFT1", "GIFT2", once=True), await desk.make("OFF")
    await desk.use((gift, "GIFT1"))
    await desk.call("PUT", f"/{gift['id']}/codes/gift2", json={"disabled": True})
    await desk.call("PUT", f"/{off['id']}/status", json={"status": "disabled"})
    found = await price(desk, "GIFT1", "GIFT2", "OFF")
    assert {each.code: each.reason for each in found.rejected} == {
        "GIFT1": "used-up",
        "GIFT2": "expired",
        "OFF": "expired",
    }


async def test_limits_of_automatic_discounts_are_looked_up_too(desk: Desk) -> None:
    made = await desk.make(automatic=True, max_uses=9, max_uses_per_customer=1)
    assert (await price(desk, customer=ME)).discount == 200
    await desk.use((made, None), customer=ME)
    assert (await price(desk, customer=ME)).discount == 0
    assert (await price(desk)).discount == 200


async def test_each_kind_of_discount_comes_back_from_the_database_as_it_was_kept(desk: Desk) -> None:
    tee, money = {"types": ["Tee"]}, {"amount": 150, "currency": "EUR"}
    one_more = {"buy": 1, "get": 1, "articles": tee}
    kinds: dict[str, dict[str, Any]] = {
        "PIECES": {"kind": "amount", "target": "pieces", "amounts": [money], "articles": tee},
        "LINES": {"kind": "percent", "target": "lines", "rate": 250_000, "articles": tee},
        "BOGO": {"kind": "buy_get", "target": "lines", "rate": 500_000, "buy_get": one_more},
        "FREE": {"kind": "free_shipping", "target": "shipping"},
    }
    for code, fields in kinds.items():
        await desk.make(code, **fields)
    for code, off in (("PIECES", 300), ("LINES", 500), ("BOGO", 500), ("FREE", 0)):
        found = await price(desk, code)
        assert (found.discount, found.rejected) == (off, ()), code
    assert (found.shipping, found.shipping_discount) == (500, 500)


async def test_a_look_up_knows_what_a_customer_used(desk: Desk) -> None:
    made = await desk.make("SAVE", max_uses=9)
    await desk.use((made, "SAVE"), customer=ME)
    found = await look_up(desk.service.ctx, ["save", "SAVE", "=1"], (), ME)
    assert found.used == {UUID(made["id"]): Used(1, 1)}
    assert (await look_up(desk.service.ctx, ["save"], (), None)).used == {UUID(made["id"]): Used(1, 0)}


class TestGuesses:
    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"code_miss_limit": "3/h"}

    async def tried(self, desk: Desk, who: str, *codes: str) -> Priced:
        may_try(desk.service.ctx, who)
        found = await price(desk, *codes)
        await count_misses(desk.service.ctx, who, found.rejected)
        return found

    async def test_who_guesses_learns_of_no_code_any_more_not_even_of_a_good_one(self, desk: Desk) -> None:
        await desk.make("SAVE")
        for number in range(3):
            await self.tried(desk, "192.0.2.1", f"GUESS{number}")
        assert (await self.tried(desk, "192.0.2.1", "SAVE")).discount == 200
        for code in ("GUESS3", "SAVE"):
            with pytest.raises(RateLimited) as refused:
                await self.tried(desk, "192.0.2.1", code)
            assert 0 < int(refused.value.headers["Retry-After"]) <= 3600
        assert (await self.tried(desk, "192.0.2.2", "SAVE")).discount == 200

    async def test_other_reasons_are_no_guesses(self, desk: Desk) -> None:
        await desk.make("SAVE", ends_at="2020-01-01T00:00:00Z")
        for _ in range(9):
            assert [each.reason for each in (await self.tried(desk, "192.0.2.1", "SAVE")).rejected] == ["expired"]


def test_the_memory_of_guessers_is_bounded() -> None:
    guessers = Guessers()
    for number in range(10_001):
        guessers.stop(str(number), 60)
    assert (guessers.seconds_left("0"), guessers.seconds_left("10000")) == (0, 60)


async def test_uses_and_refusals_are_counted(desk: Desk, orders: RunningApp) -> None:
    made, automatic = await desk.make("SAVE", max_uses=1), await desk.make(automatic=True)

    async def counts() -> list[float]:
        text = (await orders.client.get("/metrics")).text
        names = (
            'discounts_taken_total{how="code"}',
            'discounts_taken_total{how="automatic"}',
            "discounts_given_back_total",
            'discounts_lost_total{reason="used-up"}',
            'discount_codes_refused_total{reason="unknown"}',
        )
        return [float(line.split()[-1]) for name in names for line in text.splitlines() if line.startswith(name)]

    before = await counts()
    order_id = await desk.use((made, "SAVE"), (automatic, None))
    with pytest.raises(Exception, match="used up"):
        await desk.use((made, "SAVE"))
    await desk.cancel(order_id)
    await count_misses(orders.ctx, "192.0.2.9", (await price(desk, "NOTHING")).rejected)
    assert [now - then for then, now in zip(before, await counts(), strict=True)] == [1, 1, 2, 1, 1]
