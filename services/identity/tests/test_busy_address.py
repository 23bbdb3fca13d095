"""An office, a school or a carrier: hundreds of shoppers behind one address, by the limits as they are."""

from __future__ import annotations

import asyncio
from collections import Counter

from chassis.testing import running_app
from identity.tests.conftest import PASSWORD

SHOPPERS, WHO_GO_ON = 300, 40
HERE = {"X-Forwarded-For": "203.0.113.7"}


async def test_three_hundred_behind_one_address_ask_for_accounts_and_sign_in(bench, key_file):
    settings = {"key_encryption_key_file": key_file, "accounts_confirmed_by_mail": False, "valkey_url": None}
    async with running_app("identity", bench, **settings) as service:
        gate = asyncio.Semaphore(8)

        async def post(path: str, wish: dict) -> tuple[int, dict]:
            async with gate:
                answer = await service.client.post(f"/api/v1/{path}", json=wish, headers=HERE)
                return answer.status_code, answer.json()

        async def join(number: int) -> list[int]:
            """All ask; so many also choose a password, mistype it once and sign in."""
            email = f"shopper{number}@example.com"
            status, asked = await post("accounts", {"email": email})
            if number >= WHO_GO_ON or status != 202:
                return [status]
            made, _ = await post("email-verifications", {"token": asked["token"], "password": PASSWORD})
            wrong, _ = await post("sessions", {"email": email, "password": "mistyped"})
            signed, _ = await post("sessions", {"email": email, "password": PASSWORD})
            return [status, made, wrong, signed]

        statuses = Counter(status for one in await asyncio.gather(*map(join, range(SHOPPERS))) for status in one)
    assert statuses == {202: SHOPPERS, 201: 2 * WHO_GO_ON, 401: WHO_GO_ON}
