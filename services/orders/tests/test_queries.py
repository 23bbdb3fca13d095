from __future__ import annotations

from chassis.testing.routes import takes_any_query


async def test_every_operation_refuses_a_query_that_it_does_not_take(shop):
    assert await takes_any_query(shop.service) == []
