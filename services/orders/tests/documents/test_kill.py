"""The process is killed between writing invoices and their commit: no number is lost, and no order goes without."""

from __future__ import annotations

from uuid import uuid4

from chassis.testing import eventually
from orders.tests.checkout.test_crashes import Ground, dead, ground, send
from orders.tests.shop import order_of

__all__ = ["ground"]


async def test_a_killed_process_leaves_no_gap(ground: Ground) -> None:
    article = ground.shelves.article(stock=5)
    with ground.running("documents.before_commit") as orders:
        answer = await send(orders, order_of((article, 1), email="kill@example.com"), str(uuid4()))
        assert answer is not None
        assert ground.double.pay(answer.json()["payment"]["client_secret"]).status_code == 200
        await dead(orders)
    assert await ground.database.fetchval("select count(*) from orders where status = 'paid'") == 1
    assert await ground.database.fetchval("select count(*) from document_series") == 0
    await ground.later()
    with ground.running():
        written = "select array_agg(seq) from documents"
        assert await eventually(lambda: ground.database.fetchval(written), 60, "the invoice") == [1]
    assert await ground.database.fetchval("select last from document_series") == 1
