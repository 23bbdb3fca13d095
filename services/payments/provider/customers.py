"""Stripe's calls about customers, whose cards are saved there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from payments.provider.api import StripeApi
from payments.provider.calls import Call, Calls
from payments.provider.pages import Pages
from payments.provider.port import Refused, Unknown

PATIENCE_SECONDS = 4.0
_PAGES = 10
# A shopper sees the saved cards, may save another, and may remove each.
_ELEMENT = {
    "enabled": True,
    "features": {
        "payment_method_redisplay": "enabled",
        "payment_method_save": "enabled",
        "payment_method_save_usage": "on_session",
        "payment_method_remove": "enabled",
    },
}


class CustomerCalls:
    """Every call raises Unknown or Refused, as those of PaymentProvider."""

    def __init__(self, api: StripeApi, calls: Calls, pages: Pages, shop: str) -> None:
        self._api = api
        self._calls = calls
        self._pages = pages
        self._shop = shop

    async def create(self, account_id: UUID, key: str) -> str:
        """The id of a new customer, who is known by the account's id alone; the same key gives the same."""
        metadata = {"account_id": str(account_id), **({"shop": self._shop} if self._shop else {})}
        answer = await self._ask(
            "customer_create", lambda: self._api.post("customers", key=key, parameters={"metadata": metadata})
        )
        name = answer.get("id")
        if not isinstance(name, str) or not name:
            raise Unknown("an answer that cannot be read")
        return name

    async def find(self, account_id: UUID, since: datetime, until: datetime) -> str | None:
        """The customer that was made for an account between these moments, if one was; of the newest 1,000."""
        between = {"gte": int(since.timestamp()), "lte": int(until.timestamp()) + 1}
        async for page in self._pages.of("customers", {"created": between}, most=_PAGES):
            for each in page:
                if (each.get("metadata") or {}).get("account_id") == str(account_id):
                    return str(each["id"])
        return None

    async def delete(self, customer_id: str) -> None:
        """Delete a customer with the saved cards; one that is gone already is as well."""
        try:
            await self._calls.ask("customer_delete", lambda: self._api.delete("customers", customer_id))
        except Refused as refusal:
            if refusal.code != "resource_missing":
                raise

    async def session(self, customer_id: str, key: str) -> tuple[str, datetime]:
        """The secret with which a browser shows the customer's cards, and until when it is good."""
        parameters = {"customer": customer_id, "components": {"payment_element": _ELEMENT}}
        answer = await self._ask(
            "customer_session", lambda: self._api.post("customer_sessions", key=key, parameters=parameters)
        )
        secret, until = answer.get("client_secret"), answer.get("expires_at")
        if not isinstance(secret, str) or type(until) is not int:
            raise Unknown("an answer that cannot be read")
        return secret, datetime.fromtimestamp(until, UTC)

    async def _ask(self, operation: str, call: Call) -> dict[str, Any]:
        return await self._calls.ask(operation, call, lane="checkout", patience=PATIENCE_SECONDS)
