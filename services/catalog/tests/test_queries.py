from __future__ import annotations

from chassis.testing.routes import answers_unlike_fastapi, left_to_fastapi, takes_any_query


async def test_every_operation_refuses_a_query_that_it_does_not_take(shop):
    assert await takes_any_query(shop.app) == []


async def test_compiled_routes_answer_as_fastapis_own_do(shop):
    assert await answers_unlike_fastapi(shop.app, shop.staff, shop.orders) == []


async def test_these_routes_are_left_to_fastapi(shop):
    files = ("imports", "pictures", "imports/files")
    assert left_to_fastapi(shop.app) == [f"POST /api/v1/admin/{each}" for each in files]
