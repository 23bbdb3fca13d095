"""A guest's order opens by the link in each mail, on any device; a customer's by signing in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from orders.mails.compose import compose
from orders.mails.usecases.look_up_order import Link
from orders.mails.usecases.mail_link import mail_link
from orders.shoppers.tokens import OrderTokens, hashed
from orders.tests.mails.test_mail import ORDER, parsed
from orders.tests.mails.test_mail_outage import Refusing
from orders.tests.shop import Shop

TOKEN = OrderTokens(b"k" * 32).token(ORDER.id)


def texts(mail: Any) -> list[str]:
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


@pytest.mark.parametrize("kind", ["confirmation", "cancelled", "stock_lost", "link"])
def test_each_kind_of_mail_has_the_token_in_the_fragment(kind: str) -> None:
    mail = parsed(compose(ORDER, kind, sender="shop", public_url="https://shop.example/", token=TOKEN))
    for text in texts(mail):
        assert f"https://shop.example/orders/{ORDER.id}#token={TOKEN}" in text
        assert "keep it to yourself" in text
        assert "$" not in text
    plain = parsed(compose(ORDER, kind, sender="shop", public_url="https://shop.example/"))
    assert all("#token" not in text for text in texts(plain))


def test_a_link_asked_for_again_is_another_mail() -> None:
    times = [datetime(2026, 11, 21, 9, minute, tzinfo=UTC) for minute in (30, 30, 41)]
    mails = [
        compose(ORDER, "link", sender="shop@mercat.example", public_url="http://x", asked_at=when) for when in times
    ]
    assert mails[0] == mails[1]
    assert parsed(mails[0])["Message-ID"] != parsed(mails[2])["Message-ID"]


def test_a_token_is_derived_again_only_where_its_hash_is_kept() -> None:
    tokens = OrderTokens(b"k" * 32)
    assert tokens.known(ORDER.id, hashed(TOKEN)) == TOKEN
    for kept in (None, b"", hashed("of another key")):
        assert tokens.known(ORDER.id, kept) is None


async def test_a_link_is_mailed_within_a_day_or_not_at_all(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    now = int(time.time())
    await mail_link(shop.service.ctx, Link(UUID(placed.id), now - 90_000))
    await mail_link(shop.service.ctx, Link(uuid4(), now))
    assert shop.mailbox.mails == []
    await mail_link(shop.service.ctx, Link(UUID(placed.id), now - 80_000))
    assert [mail["To"] for mail in shop.mailbox.mails] == ["ada@example.com"]


async def asked_for(shop: Shop) -> None:
    """A link is asked for, and nothing is left to be done about it."""
    placed = await shop.place((shop.shelves.article(), 1))
    wish = {"number": placed.body["order"]["number"], "email": "ada@example.com"}
    assert (await shop.client.post("/api/v1/orders/lookups", json=wish)).status_code == 202

    async def done() -> bool:
        return await shop.value("select count(*) from jobs") == 0

    await eventually(done, 60, "the jobs done")


class TestAServerThatRefuses:
    @pytest.fixture
    def post_office(self) -> Iterator[Mailbox]:
        with Refusing().open() as post_office:
            yield post_office

    @pytest.fixture
    def overrides(self, post_office: Mailbox) -> dict[str, object]:
        return {"smtp_url": post_office.url}

    async def test_a_permanent_refusal_of_a_link_leaves_no_held_job(self, shop: Shop) -> None:
        await asked_for(shop)
        assert await shop.value("select count(*) from order_links") == 1


class TestWithoutAMailServer:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"smtp_url": None}

    async def test_without_a_mail_server_the_answer_is_the_same(self, shop: Shop) -> None:
        await asked_for(shop)
        assert shop.mailbox.mails == []
