"""The limits by address on asking for an account; their rates are settings.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from functools import lru_cache
from typing import Any

from fastapi import Depends, Request, Response

from chassis.limits import client_net, limit

_limit = lru_cache(maxsize=16)(limit)


def _by_address(name: str, setting: str) -> Any:
    async def check(request: Request, response: Response) -> None:
        rate = getattr(request.app.state.context.settings, setting)
        await _limit(name, rate, by=client_net)(request, response)

    return Depends(check)


REGISTER = _by_address("register", "register_address_limit")
REGISTER_DAY = _by_address("register-day", "register_address_day_limit")
