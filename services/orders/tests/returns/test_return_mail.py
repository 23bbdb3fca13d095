"""A customer is told what becomes of a return: once for each step."""

from __future__ import annotations

from collections import Counter as Count
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import eventually, running_app
from chassis.testing.mailbox import Mailbox
from orders.settings import RATES
from orders.tests.fulfilment.desk import text_of
from orders.tests.returns.counter import Counter

SENT = "select kind from mails_about where order_id = $1 order by kind"


@pytest.fixture
async def counter(bench, mailbox: Mailbox):
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    settings: dict[str, Any] = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>"}
    async with running_app("orders", bench, urls=nobody, **dict.fromkeys(RATES, "100000/min"), **settings) as service:
        yield Counter(service, UUID(int=7))


async def sent(counter: Counter, order: UUID) -> list[str]:
    """The kinds of mails about the order's returns, once none is left to be sent."""
    await eventually(lambda: counter.value("select count(*) = 0 from jobs where name like '%mail%'"), what="the mails")
    return [row["kind"] for row in await counter.rows(SENT, order)]


async def test_approved_and_received_are_told_once_each(counter: Counter, mailbox: Mailbox):
    order = await counter.delivered(2)
    back = (await counter.request(order, p1=2)).json()["id"]
    assert await sent(counter, order) == []
    mailbox.mails.clear()
    await counter.step(order, back, "approve", {"answer": "To our workshop, please."})
    await counter.step(order, back, "approve", {"answer": "To our workshop, please."})
    await counter.received(order, back, to_process=1, missing=1)
    await counter.step(order, back, "inspect", {"lines": [{"position": 1, "restocked": 1}]})
    await counter.step(order, back, "close")
    assert await sent(counter, order) == ["return_approved", "return_received"]
    texts = [text_of(mail) for mail in mailbox.to("ada@example.com")]
    told = Count(("To our workshop" in text, "2 x" in text or "2 \u00d7" in text) for text in texts)
    assert told == {(True, True): 1, (False, False): 1}


async def test_refused_is_told_with_the_reason_and_what_was_looked_at_at_once_is_told_as_received(
    counter: Counter, mailbox: Mailbox
):
    order = await counter.delivered(2)
    refused = (await counter.request(order, p1=1)).json()["id"]
    await counter.step(order, refused, "refuse", {"answer": "It was worn."})
    back = await counter.opened(order, p1=1)
    await counter.received(order, back, restocked=1)
    assert await sent(counter, order) == ["return_approved", "return_received", "return_refused"]
    assert sum("It was worn." in text_of(mail) for mail in mailbox.to("ada@example.com")) == 1
