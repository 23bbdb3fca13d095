"""The process is killed between any two steps of sending a draft: it is one order all the same, and one mail."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from chassis.testing import eventually
from orders.tests.checkout.test_crashes import Ground, ground
from orders.tests.drafts.agent import SCOPES, STAFF, wanted
from orders.tests.process import Process
from orders.tests.shop import euros

__all__ = ["ground"]
POINTS = (
    "drafts.marked",
    "checkout.after_reserve",
    "checkout.after_payment",
    "drafts.placed",
    "orders.after_mail_about",
)

EMAIL = "killed@example.com"


async def ask(ground: Ground, orders: Process, path: str, body: Any) -> httpx.Response | None:
    """The answer; None where the process died before it gave one."""
    token = ground.bench.keyring.access_token(STAFF, scopes=SCOPES)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=orders.url, timeout=60) as client:
        try:
            return await client.post(f"/api/v1/admin/drafts{path}", json=body, headers=headers)
        except httpx.TransportError:
            return None


async def test_wherever_the_process_dies_a_draft_is_one_order_and_one_mail(ground: Ground) -> None:
    article = ground.shelves.article(stock=9)
    body = {"version": 1, "expected_total": euros(3000)}
    with ground.running() as orders:
        made = await ask(ground, orders, "", wanted((article, 1), email=EMAIL))
        assert made is not None
    path = f"/{made.json()['id']}/send"
    for point in POINTS:
        with ground.running(point) as orders:
            answer = await ask(ground, orders, path, body)
            assert answer is None or point == "orders.after_mail_about"
            await eventually(orders.gone, 60, "the process's end")
        await ground.later()
        written = 0 if point == "drafts.marked" else 1
        assert await ground.database.fetchval("select count(*) from drafts where order_id = id") == written
        assert await ground.database.fetchval("select count(*) from orders") == written
    with ground.running() as orders:
        answer = await ask(ground, orders, path, body)
        assert answer is not None
        assert (answer.status_code, answer.json()["status"]) == (200, "pending_payment"), answer.text
        left = "select count(*) = 0 from jobs"
        await eventually(lambda: ground.database.fetchval(left), 60, "the jobs' end")
    assert len({mail["Message-ID"] for mail in ground.mailbox.to(EMAIL)}) == 1
    assert ground.shelves.level(article) == (9, 1)
