"""A guest looks an order up by number and e-mail address: its link is mailed there, and the answer tells nothing."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from orders.tests.shop import Placed, Shop, order_of

HERE = {"X-Forwarded-For": "203.0.113.7"}


async def ask(shop: Shop, number: str, email: str, **headers: str) -> httpx.Response:
    return await shop.client.post("/api/v1/orders/lookups", json={"number": number, "email": email}, headers=headers)


async def asked_and_done(shop: Shop, wishes: list[tuple[str, str]]) -> list[httpx.Response]:
    """The answers, once all that follows from them is done."""
    answers = list(await asyncio.gather(*(ask(shop, *wish) for wish in wishes)))
    pending = "select count(*) from jobs where name in ('orders.look_up', 'orders.mail_link')"

    async def done() -> bool:
        return await shop.value(pending) == 0

    await eventually(done, 60, "the jobs done")
    return answers


def text_of(mail: Any) -> str:
    text: str = mail.get_body(("plain",)).get_content()
    return text


def link_in(mail: Any) -> str:
    found = re.search(r"https?://\S+", text_of(mail))
    assert found is not None
    return found[0]


async def test_the_mailed_link_opens_the_order(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    number = placed.body["order"]["number"]
    await asked_and_done(shop, [(f" {number.lower().replace('-', ' ')} ", "Ada@Example.com")])
    (mail,) = shop.mailbox.to("ada@example.com")
    assert number in mail["Subject"]
    page, _, token = link_in(mail).partition("#token=")
    assert page.endswith(f"/orders/{placed.id}")
    assert token == placed.key["Order-Token"]
    opened = await shop.client.get(f"/api/v1/orders/{placed.id}", headers={"Order-Token": token})
    assert opened.json()["number"] == number


def bodies(mail: Any) -> list[str]:
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


async def test_a_paid_guest_gets_the_key_and_a_customer_does_not(shop: Shop) -> None:
    article = shop.shelves.article()
    guest = await shop.place((article, 1))
    await shop.paid(guest)
    for text in bodies(await shop.mail()):
        assert f"/orders/{guest.id}#token={guest.key['Order-Token']}" in text
    shop.mailbox.mails.clear()
    customer = await shop.place((article, 1), headers=shop.customer())
    await shop.paid(customer)
    for text in bodies(await shop.mail()):
        assert f"/orders/{customer.id}" in text
        assert "#token" not in text


async def test_the_answer_does_not_reveal_whether_the_order_exists(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    number = placed.body["order"]["number"]
    answers = await asked_and_done(
        shop,
        [
            *((number, "ada@example.com"), (number, "eve@example.com"), ("M-222222", "ada@example.com")),
            *(("nothing like it", "ada@example.com"), ("M-7F3K9Q\u0000", "eve@example.com"), ("…", "a@b.example")),
        ],
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    assert len({frozenset(answer.headers) for answer in answers}) == 1
    assert [mail["To"] for mail in shop.mailbox.mails] == ["ada@example.com"], "the owner alone is told"


async def test_the_answer_does_not_wait_for_the_lookup(shop: Shop) -> None:
    """So that none takes longer than another: what is found, a job finds."""
    placed = await shop.place((shop.shelves.article(), 1))
    locked, asked = asyncio.Event(), asyncio.Event()

    async def nobody_reads_orders() -> None:
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("lock table orders in access exclusive mode")
            locked.set()
            await asked.wait()

    lock = asyncio.create_task(nobody_reads_orders())
    await locked.wait()
    try:
        known = await ask(shop, placed.body["order"]["number"], "ada@example.com")
        unknown = await ask(shop, "M-222222", "eve@example.com")
        jobs = "from jobs where name = 'orders.look_up'"
        assert (known.status_code, known.content) == (202, unknown.content)
        assert await shop.value(f"select count(*) {jobs}") == 2
        assert await shop.value(f"select count(distinct length(payload::text)) {jobs}") == 1
        assert await shop.value(f"select count(*) {jobs} and payload::text like '%example.com%'") == 0
    finally:
        asked.set()
        await lock
    await shop.mail()


async def test_repeated_lookups_send_one_mail_in_ten_minutes(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    wish = (placed.body["order"]["number"], "ada@example.com")
    await asked_and_done(shop, [wish] * 6)
    assert len(shop.mailbox.mails) == 1
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update order_links set mailed_at = mailed_at - interval '11 minutes'")
    await asked_and_done(shop, [wish] * 3)
    assert len(shop.mailbox.mails) == 2


async def test_the_link_to_a_customers_order_has_no_token(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1), headers=shop.customer())
    await asked_and_done(shop, [(placed.body["order"]["number"], "ada@example.com")])
    (mail,) = shop.mailbox.to("ada@example.com")
    assert link_in(mail).endswith(f"/orders/{placed.id}")
    assert "signed in" in text_of(mail)


class TestLimits:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"link_mails_per_day": 2, "link_address_limit": "8/h"}

    async def test_mails_to_a_mailbox_are_limited_in_any_spelling(self, shop: Shop) -> None:
        await shop.not_at_midnight()
        article = shop.shelves.article(stock=9)
        wishes = []
        for email in ("ada@example.com", "a.da@example.com", "ada+shop@example.com", "eve@example.com"):
            answer = await shop.post_order(order_of((article, 1), email=email))
            wishes.append((Placed(answer.json(), {}).body["order"]["number"], email))
        answers = await asked_and_done(shop, wishes)
        assert {answer.status_code for answer in answers} == {202}
        told = [mail["To"] for mail in shop.mailbox.mails]
        assert len(told) == 3
        assert "eve@example.com" in told

    async def test_lookups_are_limited_by_address(self, shop: Shop) -> None:
        answers = [await ask(shop, "M-222222", f"{place}@example.com", **HERE) for place in range(10)]
        assert [answer.status_code for answer in answers] == [202] * 8 + [429] * 2
        assert (await ask(shop, "M-222222", "a@example.com", **{"X-Forwarded-For": "198.51.100.9"})).status_code == 202


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"number": "M-7F3K9Q"}, "email"),
        ({"number": " ", "email": "ada@example.com"}, "number"),
        ({"number": "x" * 41, "email": "ada@example.com"}, "number"),
        ({"number": 7, "email": "ada@example.com"}, "number"),
        ({"number": "M-7F3K9Q", "email": "nobody"}, "email"),
        ({"number": "M-7F3K9Q", "email": "ada@example.com", "id": 1}, "id"),
    ],
)
async def test_an_invalid_lookup_is_refused_by_field(shop: Shop, wish: dict[str, object], field: str) -> None:
    answer = await shop.client.post("/api/v1/orders/lookups", json=wish)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


async def test_stored_lookups_are_deleted_after_a_day(shop: Shop) -> None:
    await shop.not_at_midnight()
    placed = await shop.place((shop.shelves.article(), 1))
    await asked_and_done(shop, [(placed.body["order"]["number"], "ada@example.com")])
    forget = shop.service.ctx.jobs.table.periodic["orders.forget_links"].sweep
    await forget(shop.service.ctx)
    kept = "select (select count(*) from order_links) + (select count(*) from link_mails)"
    assert await shop.value(kept) == 2
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update order_links set mailed_at = now() - interval '25 hours'")
        await tx.execute("update link_mails set day = current_date - 1")
    await forget(shop.service.ctx)
    assert await shop.value(kept) == 0
