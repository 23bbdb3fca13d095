"""Stripe's HTTP API: requests in form encoding, answers as parsed JSON, errors as the classes of Stripe's library.

The library's own client does the same and more, for twice the CPU: each answer becomes a tree of objects, and each
request describes the machine anew. Its transport, API version, certificates and errors are used here;
tests/test_stripe_api.py holds requests and errors against the library's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec
import stripe

DEFAULT_BASE = "https://api.stripe.com"
_FORM = "application/x-www-form-urlencoded"
_KINDS: dict[int, type[stripe.StripeError]] = {
    400: stripe.IdempotencyError,
    401: stripe.AuthenticationError,
    403: stripe.PermissionError,
    404: stripe.IdempotencyError,
}
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class StripeApi:
    """The calls that are made to Stripe, or to a double at `base`; none is repeated here."""

    def __init__(self, secret_key: str, base: str | None, transport: stripe.HTTPClient) -> None:
        self._base = f"{(base or DEFAULT_BASE).rstrip('/')}/v1/"
        self._transport = transport
        self._headers = {
            "Authorization": f"Bearer {secret_key}",
            "Stripe-Version": stripe.api_version,
            "User-Agent": "Mercat",
        }

    async def get(self, *path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The object at a path, each of whose parts is quoted.

        Raises:
            stripe.StripeError: Stripe refused, or did not answer.
        """
        query = f"?{_form(parameters)}" if parameters else ""
        return await self._ask("get", path, query, self._headers, None)

    async def post(self, *path: str, key: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The object after an operation. `key`: Stripe's idempotency key.

        Raises:
            stripe.StripeError: Stripe refused, or the outcome is unknown.
        """
        headers = {**self._headers, "Idempotency-Key": key, "Content-Type": _FORM}
        return await self._ask("post", path, "", headers, _form(parameters or {}))

    async def delete(self, *path: str) -> dict[str, Any]:
        """What is left of an object that is deleted for good.

        Raises:
            stripe.StripeError: Stripe refused, or the outcome is unknown.
        """
        return await self._ask("delete", path, "", self._headers, None)

    async def _ask(
        self,
        method: Literal["get", "post", "delete"],
        path: tuple[str, ...],
        query: str,
        headers: dict[str, str],
        body: str | None,
    ) -> dict[str, Any]:
        url = f"{self._base}{'/'.join(quote(part, safe='') for part in path)}{query}"
        answer, status, received = await self._transport.request_async(method, url, headers, body)
        try:
            document = _decode(answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise stripe.APIError("an answer that is no JSON object", None, status) from None
        if 200 <= status < 300:
            return document
        raise _error(document, status, received)


def _form(parameters: Mapping[str, Any]) -> str:
    """As the library writes it: brackets as they are."""
    return urlencode(list(_fields(parameters))).replace("%5B", "[").replace("%5D", "]")


def _fields(parameters: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """{"a": {"b": ["c"]}} is a[b][0]=c."""
    for name, value in parameters.items():
        key = f"{within}[{name}]" if within else name
        if isinstance(value, Mapping):
            yield from _fields(value, key)
        elif isinstance(value, list):
            yield from _fields({str(number): each for number, each in enumerate(value)}, key)
        elif value is not None:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)


def _error(document: dict[str, Any], status: int, headers: Mapping[str, str]) -> stripe.StripeError:
    """The class and the fields that the library gives an answer of this status."""
    error = document.get("error")
    if not isinstance(error, dict):
        return stripe.APIError("an error of no known form", None, status)
    message, code, param = error.get("message"), error.get("code"), error.get("param")
    rest: tuple[Any, ...] = (None, status, document, headers)
    if status == 429 or (status, code) == (400, "rate_limit"):
        return stripe.RateLimitError(message, *rest)
    if status in {400, 404} and error.get("type") != "idempotency_error":
        return stripe.InvalidRequestError(message, param, code, *rest)  # type: ignore[no-untyped-call]  # untyped there
    if status == 402:
        return stripe.CardError(message, param, code, *rest)  # type: ignore[no-untyped-call]  # as above
    return _KINDS.get(status, stripe.APIError)(message, *rest)
