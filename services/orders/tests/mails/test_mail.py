"""What mails say, and that each is sent once, however the mail server behaves."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from pydantic import SecretStr

from chassis.mail import SmtpSender
from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from orders.checkout.domain.order_state import Fact
from orders.checkout.store import orders
from orders.checkout.usecases.record_fact import Mail, record
from orders.mails.compose import compose
from orders.mails.usecases.send_mail import send_mail
from orders.shoppers.holders import Holders
from orders.tests.documents.examples import changed, line, order_with
from orders.tests.shop import ADDRESS, Placed, Shop, order_of

ORDER = order_with(
    line(1, 2500, 2, 0, title="Sea & <Sky>", variant_title="A3 / oak"),
    shipping=500,
    shipping_rate=0,
    email="ada@example.com",
    shipping_address={**ADDRESS, "name": "<b>Ada</b>", "region": "Greater London", "line2": None},
)


def parsed(message: bytes) -> EmailMessage:
    mail = message_from_bytes(message, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize("kind", ["confirmation", "cancelled", "stock_lost"])
def test_text_and_html_of_a_mail_agree_and_nothing_is_injected(kind: str) -> None:
    written = compose(ORDER, kind, sender="Mercat <shop@mercat.example>", public_url="https://shop.example/")
    mail = parsed(written)
    assert mail["Message-ID"] == f"<{ORDER.id}.{kind}@mercat.example>"
    assert "M-7F3K9Q" in mail["Subject"]
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    for part in (text.get_content(), page.get_content()):
        assert "€55.00" in part
        assert f"https://shop.example/orders/{ORDER.id}" in part
        assert "$" not in part
    assert "2 x Sea & <Sky> (A3 / oak): €50.00" in text.get_content()
    assert "Sea &amp; &lt;Sky&gt;" in page.get_content()
    assert "<b>Ada" not in page.get_content()
    assert mail.defects == []
    assert compose(ORDER, kind, sender="Mercat <shop@mercat.example>", public_url="https://shop.example/") == written


def test_every_kind_of_refusal_has_its_reason() -> None:
    for reason, words in (("expired", "not paid in time"), ("payment_unavailable", "could not be made")):
        order = changed(ORDER, cancel_reason=reason)
        body = parsed(compose(order, "cancelled", sender="shop", public_url="http://x")).get_body(("plain",))
        assert body is not None
        assert words in body.get_content()


@pytest.mark.parametrize("kind", ["confirmation", "cancelled", "stock_lost"])
def test_a_typed_name_with_a_link_is_left_out_and_no_link_is_made(kind: str) -> None:
    lured = {**ADDRESS, "name": "You won! https://evil.example/x\u202e", "line1": "www.evil.example"}
    order = changed(ORDER, shipping_address=lured)
    mail = parsed(compose(order, kind, sender="shop", public_url="http://shop"))
    for part in (mail.get_body(("plain",)), mail.get_body(("html",))):
        assert part is not None
        content = part.get_content()
        assert "Hello," in content
        assert "You won" not in content.partition("M-7F3K9Q")[0]
        for lure in ("https://evil", "evil.example", "\u202e"):
            assert lure not in content
        assert ("You won" in content) == (kind == "confirmation")


class TestUnpaidMails:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"unpaid_mails_per_day": 3}

    async def test_mails_to_an_address_are_limited_except_confirmations(self, shop: Shop) -> None:
        await shop.not_at_midnight()
        article, victim = shop.shelves.article(stock=50), "victim@example.com"
        placed = []
        for _ in range(6):
            answer = await shop.post_order(order_of((article, 1), email=victim))
            placed.append(Placed(answer.json(), {"Order-Token": answer.json()["order_token"]}))
        cancels = (shop.client.post(f"/api/v1/orders/{one.id}/cancel", headers=one.key) for one in placed)
        await asyncio.gather(*cancels)
        for one in placed:
            await shop.until(one, "cancelled")
        other = await shop.place((article, 1))
        await shop.client.post(f"/api/v1/orders/{other.id}/cancel", headers=other.key)
        await shop.mail()
        answer = await shop.post_order(order_of((article, 1), email=victim))
        paid = Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})
        await shop.paid(paid)
        await eventually(lambda: len(shop.mailbox.to(victim)) == 4, 60, "three of unpaid orders and a confirmation")

        async def idle() -> bool:
            return await shop.value("select count(*) from jobs where name = 'orders.mail'") == 0

        await eventually(idle, 60, "no mail is left to be sent")
        assert len(shop.mailbox.to(victim)) == 4
        assert await shop.value("select sum(mails) from unpaid_mails") == 4
        assert await shop.value("select count(*) from unpaid_mails where unpaid_mails::text like '%victim%'") == 0
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("update unpaid_mails set day = day - 1")
        await shop.service.ctx.jobs.table.periodic["orders.forget_holds"].sweep(shop.service.ctx)
        assert await shop.value("select count(*) from unpaid_mails") == 0


def test_other_spellings_of_a_mailbox_are_counted_as_one() -> None:
    holders = Holders(b"k" * 32)
    one = holders.recipient("victim@example.com")
    for spelling in ("victim+1@example.com", "v.ic.tim@example.com", "vic.tim+2+3@example.com"):
        assert holders.recipient(spelling) == one
    for other in ("victim@example.org", "victims@example.com", "example.com+victim@example.com"):
        assert holders.recipient(other) != one


async def test_a_mail_that_was_turned_away_is_sent_later_and_then_never_again(shop: Shop) -> None:
    shop.mailbox.refuse = 1
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)

    async def marked() -> bool:
        return bool(await shop.value("select count(*) from order_mails where kind = 'confirmation'"))

    await eventually(marked, 60, "the mail's second try")
    await send_mail(shop.service.ctx, UUID(placed.id), "confirmation")
    assert len(shop.mailbox.to("ada@example.com")) == 1


@pytest.mark.parametrize(("hours", "sent"), [(23, 1), (25, 0)])
async def test_that_an_order_was_not_paid_is_told_within_a_day(shop: Shop, hours: int, sent: int) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    async with shop.service.ctx.db.write() as tx:
        sql = """
        update orders set status = 'cancelled', payment = 'none', stock = 'none', cancel_reason = 'expired',
            next_attempt_at = null,
            cancelled_at = now() - make_interval(hours => $2)
        where id = $1::uuid
        """
        await tx.execute(sql, placed.id, hours)
    await send_mail(shop.service.ctx, UUID(placed.id), "cancelled")
    assert len(shop.mailbox.to("ada@example.com")) == sent


async def test_a_repeated_mail_has_the_same_message_id(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    for _ in range(2):
        await send_mail(shop.service.ctx, UUID(placed.id), "cancelled")
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("delete from order_mails")
    first, second = shop.mailbox.to("ada@example.com")
    assert first["Message-ID"] == second["Message-ID"]


async def test_an_address_that_is_not_ascii_gets_its_mail() -> None:
    order = changed(ORDER, email="jürgen@example.com")
    mailbox = Mailbox()
    async with SmtpSender(SecretStr(mailbox.url)) as sender:
        with mailbox.open():
            await sender.send("shop@x.example", order.email, compose(order, "confirmation", sender="s", public_url="x"))
    assert [mail["To"] for mail in mailbox.mails] == ["jürgen@example.com"]


async def test_a_lost_connection_to_the_mail_server_is_opened_again() -> None:
    mail = "shop@x.example", ORDER.email, compose(ORDER, "confirmation", sender="s", public_url="http://x")
    mailbox = Mailbox()
    async with SmtpSender(SecretStr(mailbox.url)) as sender:
        for _ in range(2):
            with mailbox.open():
                await sender.send(*mail)
                await sender.send(*mail)
        with pytest.raises(Unavailable):
            await sender.send(*mail)
    assert len(mailbox.mails) == 4


@pytest.mark.parametrize("url", ["http://x", "smtp://", "localhost:25"])
def test_a_wrong_address_of_the_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpSender(SecretStr(url))


class TestWithoutAMailServer:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"smtp_url": None}

    async def test_without_a_mail_server_nothing_is_sent_and_nothing_fails(self, shop: Shop) -> None:
        placed = await shop.place((shop.shelves.article(), 1))
        await shop.paid(placed)
        await shop.service.ctx.jobs.table.tasks["orders.mail"].handler(
            shop.service.ctx, Mail(UUID(placed.id), "confirmation")
        )
        assert await shop.value("select count(*) from order_mails") == 0
        assert shop.mailbox.mails == []


async def test_an_order_cancelled_as_it_was_refused_sends_none(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    placed = await shop.place((article, 1))
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set status = 'placed', payment = 'none', stock = 'none'")
        await tx.execute("delete from jobs")
    async with shop.service.ctx.db.read() as tx:
        order = await orders.find(tx, UUID(placed.id))
    assert order is not None
    await record(shop.service.ctx, order.id, order.state, Fact.OUT_OF_STOCK, {"lines": []})
    assert await shop.value("select count(*) from jobs where name = 'orders.mail'") == 0
