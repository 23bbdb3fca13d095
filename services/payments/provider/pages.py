"""Reads a list of Stripe's by the page."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

from payments.provider.api import StripeApi
from payments.provider.calls import Calls
from payments.provider.port import Lane

PAGE = 100
"""The most objects that Stripe gives at once."""


class Pages:
    """The lists of an account."""

    def __init__(self, api: StripeApi, calls: Calls) -> None:
        self._api = api
        self._calls = calls

    async def of(
        self,
        path: str,
        filters: dict[str, Any],
        *,
        lane: Lane = "background",
        most: int | None = None,
        operation: str = "list",
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The pages of a list, at most so many. Raises Unknown or Refused, as the calls of PaymentProvider."""
        parameters = {**filters, "limit": PAGE}
        numbers = itertools.count() if most is None else range(most)
        for _ in numbers:
            page = await self._calls.ask(operation, lambda: self._api.get(path, parameters=parameters), lane=lane)
            found = page.get("data") or []
            yield found
            if not page.get("has_more") or not found:
                return
            parameters["starting_after"] = found[-1]["id"]
