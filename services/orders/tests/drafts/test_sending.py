"""A draft that is sent is one order of its id, of what was priced; its stock is held; its customer can pay it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.values import uuid7
from orders.drafts import PayLink, mail_pay_link
from orders.tests.drafts.agent import STAFF, Agent, wanted
from orders.tests.fulfilment.desk import text_of
from orders.tests.gate import Gate
from orders.tests.shop import Shop, euros


async def test_the_customer_pays_by_the_link_as_any_guest_does(agent: Agent) -> None:
    shop, article = agent.shop, agent.shop.shelves.article(stock=5)
    draft = await agent.drafted((article, 2), note="As we agreed", locale="en")
    answer = await agent.send(draft)
    assert answer.status_code == 200, answer.text
    order = answer.json()
    assert (order["id"], order["status"], order["total"]) == (draft["id"], "pending_payment", euros(5500))
    held = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(order["placed_at"])
    assert abs(held - timedelta(days=7)) < timedelta(minutes=1)
    assert shop.shelves.level(article) == (5, 2)
    assert (await agent.send(draft, 1)).json() == order
    mail = await shop.mail()
    assert "As we agreed" in text_of(mail)
    assert ".payment_link." in mail["Message-ID"]
    key = {"Order-Token": text_of(mail).partition("#token=")[2].split()[0]}
    shown = (await shop.client.get(f"/api/v1/orders/{draft['id']}/payment", headers=key)).json()
    assert shop.double.pay(shown["payment"]["client_secret"]).status_code == 200

    async def paid() -> bool:
        found = (await shop.client.get(f"/api/v1/orders/{draft['id']}", headers=key)).json()
        return bool(found["status"] == "paid")

    await eventually(paid, 60, "the payment")
    assert shop.shelves.level(article) == (3, 0)
    listed = (await agent.ask("GET", "?status=sent")).json()["items"][0]
    assert (listed["order"]["status"], listed["order"]["total"]) == ("paid", euros(5500))
    assert (listed["sent_by"], listed["version"]) == (str(STAFF), 2)
    history = (
        await shop.client.get(
            f"/api/v1/admin/orders/{draft['id']}", headers=shop.service.token(STAFF, scopes=("orders:read",))
        )
    ).json()["history"]
    assert (history[0]["kind"], history[0]["actor"]) == ("placed", str(STAFF))


async def test_many_who_send_it_at_once_send_the_last_pieces_once(agent: Agent) -> None:
    article = agent.shop.shelves.article(stock=2)
    draft = await agent.drafted((article, 2))
    answers = await asyncio.gather(*(agent.send(draft, 5500) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {200: 5}, [each.text for each in answers]
    assert {answer.json()["id"] for answer in answers} == {draft["id"]}
    assert agent.shop.shelves.level(article) == (2, 2)
    assert await agent.count("order_events where order_id = $1 and kind = 'placed'", draft) == 1
    await agent.shop.mail()
    await eventually(lambda: agent.shop.value("select count(*) = 0 from jobs"), 60, "the mails")
    assert len(agent.shop.mailbox.to("ada@example.com")) == 1
    assert await agent.shop.value("select count(*) from audit_lines where action = 'draft.sent'") == 1


async def test_a_draft_that_changes_while_it_is_sent_is_sent_as_it_was_priced_or_not_at_all(agent: Agent) -> None:
    article = agent.shop.shelves.article(stock=50)
    ends = set()
    for _ in range(4):
        draft = await agent.drafted((article, 1))
        change = {**wanted((article, 3)), "version": 1}
        sent, changed = await asyncio.gather(agent.send(draft, 3000), agent.ask("PUT", draft["id"], change))
        assert sorted((sent.status_code, changed.status_code)) == [200, 409], (sent.text, changed.text)
        pieces = await agent.shop.value("select sum(quantity) from order_lines where order_id = $1", UUID(draft["id"]))
        assert pieces == (1 if sent.status_code == 200 else None)
        ends.add(sent.status_code)
    # Between the price and the order: the order is not written.
    draft = await agent.drafted((article, 1))
    failpoints.configure("drafts.marked=raise")
    try:
        assert (await agent.send(draft, 3000)).status_code == 500
    finally:
        failpoints.configure("")
    assert await agent.count("orders where id = $1", draft) == 0
    assert (await agent.ask("GET", draft["id"])).json()["status"] == "open"


async def test_what_cannot_be_sent_says_why_and_stays_a_draft(agent: Agent) -> None:
    shelves = agent.shop.shelves
    article, short = shelves.article(stock=9), shelves.article(stock=1)
    refusals = [
        (await agent.drafted((short, 2)), 5500, "out-of-stock"),
        (await agent.drafted((article, 1)), 1, "price-changed"),
        (await agent.drafted((article, 1), email=None), 3000, "validation-error"),
        (await agent.drafted(), 3000, "validation-error"),
        (await agent.drafted((article, 1), shipping_address=None), 3000, "validation-error"),
        (await agent.drafted((article, 1), discount_codes=["NOPE"]), 3000, "discount-rejected"),
        (await agent.drafted((article, 1), payment_method="cash"), 3000, "payment-method-not-offered"),
        ({**await agent.drafted((article, 1)), "version": 7}, 3000, "draft-changed"),
    ]
    for draft, total, kind in refusals:
        answer = await agent.send(draft, total)
        assert (answer.status_code in {409, 422}, answer.json()["type"]) == (True, kind), answer.text
        if kind == "out-of-stock":
            assert answer.json()["lines"] == [{"sku": short.sku, "requested": 2, "available": 1}]
        assert (await agent.ask("GET", draft["id"])).json()["status"] == "open"
    assert await agent.shop.value("select count(*) from orders") == 0
    # Put right, it is sent: to a customer of the shop, whose order it is.
    draft, account = refusals[0][0], uuid7()
    body = {**wanted((short, 1), account_id=str(account)), "version": 1}
    fixed = (await agent.ask("PUT", draft["id"], body)).json()
    assert (await agent.send(fixed)).status_code == 200
    mine = await agent.shop.client.get("/api/v1/orders", headers=agent.shop.customer(account))
    assert [order["id"] for order in mine.json()["items"]] == [draft["id"]]


async def test_stock_that_is_gone_at_the_last_moment_is_told_by_line(gated: Shop, gates: dict[str, Gate]) -> None:
    agent, article = Agent(gated), gated.shelves.article(stock=2)
    draft = await agent.drafted((article, 2))
    gates["catalog"].cut("/internal/reservations", "refuse")
    answer = await agent.send(draft)
    assert (answer.status_code, answer.json()["status"]) == (200, "placed")
    with pytest.raises(Unavailable):
        await mail_pay_link(gated.service.ctx, PayLink(UUID(draft["id"])))
    await mail_pay_link(gated.service.ctx, PayLink(uuid7()))
    gated.shelves.set_stock(article, 1)
    gates["catalog"].mend()
    again = await agent.send(draft, 1)
    assert (again.status_code, again.json()["type"]) == (409, "out-of-stock")
    assert again.json()["lines"] == [{"sku": article.sku, "requested": 2, "available": 1}]
    await mail_pay_link(gated.service.ctx, PayLink(UUID(draft["id"])))
    await eventually(lambda: gated.value("select count(*) = 0 from jobs where name = 'orders.mail_about'"), 60, "mail")
    assert not [mail for mail in gated.mailbox.to("ada@example.com") if ".payment_link." in mail["Message-ID"]]
