from __future__ import annotations

from chassis.testing.routes import answers_unlike_fastapi, left_to_fastapi, takes_any_query


async def test_every_operation_refuses_a_query_that_it_does_not_take(service):
    assert await takes_any_query(service) == []


async def test_compiled_routes_answer_as_fastapis_own_do(service):
    assert (
        await answers_unlike_fastapi(
            service, service.token(scopes=("accounts:read", "accounts:write")), service.caller("orders")
        )
        == []
    )


async def test_these_routes_are_left_to_fastapi(service):
    assert left_to_fastapi(service) == []
