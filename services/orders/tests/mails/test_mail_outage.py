"""A mail server that is away, and one that refuses for good."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.mail import smtp
from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from chassis.worker import worker
from orders.tests.shop import Shop

_CONFIRMATION = "from jobs where name = 'orders.mail'"


@pytest.fixture
def post_office() -> Mailbox:
    """Closed until a test opens it."""
    return Mailbox()


@pytest.fixture
def overrides(post_office: Mailbox) -> dict[str, object]:
    return {"smtp_url": post_office.url}


async def due(shop: Shop) -> None:
    """As if the time until the next try had passed: not for one that is being tried, which would be taken twice."""
    dispatch: Any = shop.service.ctx.jobs.dispatch
    if dispatch._places.running:
        return
    async with shop.service.ctx.db.write() as tx:
        sql = "update jobs set run_at = now() where name = 'orders.mail' and error is not null and held_at is null"
        if await tx.execute(sql):
            await tx.value("select pg_notify('jobs', '')")


async def test_a_mail_is_sent_after_an_outage_longer_than_all_tries(
    shop: Shop, post_office: Mailbox, monkeypatch
) -> None:
    monkeypatch.setattr(smtp, "PAUSE", 0.0)
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)

    async def tried_again_and_again() -> bool:
        await due(shop)
        return bool(await shop.value(f"select max(tries) > 2 * $1::int {_CONFIRMATION}", worker.TRIES))

    await eventually(tried_again_and_again, 60, "more tries than a fault is given", every=0.1)
    assert await shop.value(f"select count(*) {_CONFIRMATION} and held_at is not null") == 0
    assert "Unavailable" in await shop.value(f"select error {_CONFIRMATION}")
    with post_office.open():

        async def sent() -> bool:
            await due(shop)
            return bool(await shop.value(f"select count(*) = 0 {_CONFIRMATION}"))

        await eventually(sent, 60, "the mail after the outage", every=0.1)
    assert len(post_office.to("ada@example.com")) == 1


class Refusing(Mailbox):
    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 -- aiosmtpd's name
        return "550 no such person"


class TestARefusalForGood:
    @pytest.fixture
    def post_office(self) -> Mailbox:
        return Refusing()

    async def test_a_confirmation_is_held_after_a_permanent_refusal(self, shop: Shop, post_office: Mailbox) -> None:
        with post_office.open():
            placed = await shop.place((shop.shelves.article(), 1))
            await shop.paid(placed)
            await eventually(lambda: shop.value(f"select held_at is not null {_CONFIRMATION}"), 60, "the held job")
        assert await shop.value(f"select tries {_CONFIRMATION}") == 1
        assert "refused the mail: 550" in await shop.value(f"select error {_CONFIRMATION}")

    async def test_a_refused_mail_of_an_unpaid_order_is_not_held(self, shop: Shop, post_office: Mailbox) -> None:
        """Anybody may order in the name of addresses that take no mail: held jobs would pile up."""
        with post_office.open():
            placed = await shop.place((shop.shelves.article(), 1))
            await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
            await shop.until(placed, "cancelled")

            async def ended() -> bool:
                return await shop.value("select count(*) = 0 from jobs where name = 'orders.mail' and held_at is null")

            await eventually(ended, 60, "the mail's job to end")
        assert await shop.value("select count(*) from jobs where name = 'orders.mail'") == 0
