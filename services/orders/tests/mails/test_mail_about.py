"""Mails about parcels, refunds and returns: each once; the preview for staff."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.values import uuid7
from orders.mails import MailFacts, enqueue_mail, mail_about
from orders.mails.domain.facts import KINDS, About
from orders.tests.shop import Shop


@pytest.fixture
def overrides() -> dict[str, object]:
    return {"shop_name": "Kirschgarten", "shop_locale": "de"}


async def test_each_kind_is_mailed_once_for_each_thing(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 2))
    order_id, parcels = UUID(placed.id), [uuid7(), uuid7()]
    facts = MailFacts(pieces=((1, 1),), carrier="DHL")
    for parcel in parcels:
        async with shop.service.ctx.db.write() as tx:
            await enqueue_mail(shop.service.ctx, tx, order_id, "shipped", parcel, facts)
            await enqueue_mail(shop.service.ctx, tx, order_id, "refunded", parcel, MailFacts(amount=500))
    sent = "select count(*) = 4 and (select count(*) = 0 from jobs where name = 'orders.mail_about') from mails_about"
    await eventually(lambda: shop.value(sent), 60, "four mails")
    await asyncio.gather(*(mail_about(shop.service.ctx, About(order_id, "shipped", each, facts)) for each in parcels))
    await mail_about(shop.service.ctx, About(uuid7(), "shipped", parcels[0], facts))
    mails = shop.mailbox.to("ada@example.com")
    assert sorted(mail["Message-ID"].split(".")[1] for mail in mails) == ["refunded"] * 2 + ["shipped"] * 2
    assert len({mail["Message-ID"] for mail in mails}) == 4
    bodies = [mail.get_body(("plain",)) for mail in mails]
    assert all(body is not None and "Kirschgarten" in body.get_content() for body in bodies)
    with pytest.raises(ValueError, match="no mail 'confirmation'"):
        async with shop.service.ctx.db.write() as tx:
            await enqueue_mail(shop.service.ctx, tx, order_id, "confirmation", order_id, facts)


async def test_a_mail_that_was_turned_away_is_not_marked_and_is_sent_later(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    asked = About(UUID(placed.id), "placed", UUID(placed.id), MailFacts(note="IBAN DE00"))
    shop.mailbox.refuse = 1
    with pytest.raises(Unavailable):
        await mail_about(shop.service.ctx, asked)
    assert await shop.value("select count(*) from mails_about") == 0
    await eventually(lambda: sent_after_all(shop, asked), 60, "the second try")
    assert "IBAN DE00" in (await shop.mail()).get_body(("plain",)).get_content()


async def sent_after_all(shop: Shop, asked: About) -> bool:
    """Whether it is sent; the way to the mail server rests after a fault."""
    with suppress(Unavailable):
        await mail_about(shop.service.ctx, asked)
    return bool(await shop.value("select count(*) from mails_about"))


async def test_staff_see_each_mail_in_each_language(shop: Shop) -> None:
    staff = shop.service.token(scopes=("orders:read",))
    for kind in KINDS:
        answer = await shop.client.get(f"/api/v1/admin/mails/{kind}/preview", headers=staff)
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert (shown["kind"], shown["language"]) == (kind, "de")
        assert "Kirschgarten" in shown["html"]
        assert "M-7F3K9Q" in shown["subject"]
    english = await shop.client.get("/api/v1/admin/mails/shipped/preview?locale=en", headers=staff)
    assert english.json()["subject"] == "Your order M-7F3K9Q is on its way"
    for path, status in (("x/preview", 422), ("shipped/preview?locale=fr", 422)):
        assert (await shop.client.get(f"/api/v1/admin/mails/{path}", headers=staff)).status_code == status
    assert (await shop.client.get("/api/v1/admin/mails/link/preview", headers=shop.customer())).status_code == 403
    assert await shop.value("select count(*) from audit_lines where action = 'mail.previewed'") == len(KINDS) + 1


class TestWithoutAMailServer:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"smtp_url": None}

    async def test_nothing_is_sent_and_nothing_is_marked(self, shop: Shop) -> None:
        placed = await shop.place((shop.shelves.article(), 1))
        await mail_about(shop.service.ctx, About(UUID(placed.id), "placed", UUID(placed.id), MailFacts()))
        assert await shop.value("select count(*) from mails_about") == 0
