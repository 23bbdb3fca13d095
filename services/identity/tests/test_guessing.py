from __future__ import annotations

from identity.tests.conftest import PASSWORD


async def guess(service, email: str, password: str, address: str = "203.0.113.7") -> int:
    wish = {"email": email, "password": password}
    headers = {"X-Forwarded-For": address}
    answer = await service.client.post("/api/v1/sessions", json=wish, headers=headers)
    return answer.status_code


async def test_the_sixth_try_in_a_minute_is_refused_even_if_it_is_right(service, sign_up, query):
    await sign_up()
    assert [await guess(service, "ada@example.com", f"wrong {n}") for n in range(5)] == [401] * 5
    assert await guess(service, "ada@example.com", PASSWORD) == 429
    assert await query("select count(*) from sessions") == 0


async def test_it_counts_for_this_account_from_this_address_alone(service, sign_up):
    await sign_up()
    await sign_up("bob@example.com")
    for number in range(5):
        await guess(service, "ada@example.com", f"wrong {number}")
    assert await guess(service, "ada@example.com", PASSWORD, "198.51.100.9") == 201
    assert await guess(service, "bob@example.com", PASSWORD) == 201
