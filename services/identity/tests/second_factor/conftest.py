from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity.tests.joining import from_anywhere
from identity.tests.second_factor.telephone import MINE, Telephone


@pytest.fixture
def post(service) -> Callable[..., Any]:
    async def send(wish: dict[str, str], path: str = "/api/v1/sessions", **headers: str) -> Any:
        answer = await service.client.post(path, json=wish, headers={**from_anywhere(), **headers})
        service.client.cookies.clear()
        return answer

    return send


@pytest.fixture
async def telephone(service, sign_up, sign_in, post):
    """Ada has a second factor: her telephone, with `recovery_codes` and the account's id."""
    account = await sign_up()
    session = await sign_in()
    begun = await service.client.post(MINE, headers=session["headers"])
    assert begun.status_code == 201, begun.text
    found = Telephone(begun.json()["secret"])
    confirmed = await post({"code": found.code()}, f"{MINE}/confirmations", **session["headers"])
    assert confirmed.status_code == 201, confirmed.text
    found.recovery_codes = confirmed.json()["recovery_codes"]
    found.account_id = account["id"]
    return found
