"""Stripe's calls about disputes: evidence is submitted, or the dispute accepted."""

from __future__ import annotations

from typing import Any

from payments.domain.case import Case
from payments.provider import stripe_case_payloads, stripe_payloads
from payments.provider.api import StripeApi
from payments.provider.calls import Calls
from payments.provider.port import Unknown


class DisputeCalls:
    """Every call raises Unknown or Refused, as those of PaymentProvider."""

    def __init__(self, api: StripeApi, calls: Calls) -> None:
        self._api = api
        self._calls = calls

    async def submit_evidence(self, dispute_id: str, text: str, *, submit: bool, key: str) -> Case:
        """Keep the text as evidence at the provider; with `submit` it is sent to the bank, which can be done once."""
        parameters = {"evidence": {"uncategorized_text": text}, "submit": submit}
        return await self._post("case_dispute_evidence", (dispute_id,), key, parameters)

    async def accept(self, dispute_id: str, key: str) -> Case:
        """Accept the dispute: it is lost at once."""
        return await self._post("case_dispute_accept", (dispute_id, "close"), key, {})

    async def _post(self, operation: str, path: tuple[str, ...], key: str, parameters: dict[str, Any]) -> Case:
        answer = await self._calls.ask(
            operation, lambda: self._api.post("disputes", *path, key=key, parameters=parameters)
        )
        try:
            return stripe_case_payloads.case_of("dispute", answer)
        except stripe_payloads.Unreadable as wrong:
            raise Unknown(f"an answer that cannot be read: {wrong}") from wrong
