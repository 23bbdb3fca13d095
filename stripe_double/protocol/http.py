"""Reads request bodies with a size limit, and adds Stripe's headers to answers."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stripe_double.objects.errors import StripeError
from stripe_double.protocol.answers import Answer
from stripe_double.settings import API_VERSION

MAX_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Version, Idempotent-Replayed",
}
PREFLIGHT = {
    **_CORS,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Version",
    "Access-Control-Max-Age": "600",
}


async def read_body(request: Request) -> bytes:
    """The request's body; 413 beyond 64 KiB."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise StripeError(413, f"The request body must be at most {MAX_BYTES} bytes.")
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """The request's body, a JSON object; 400 for any other."""
    try:
        found = orjson.loads(await read_body(request))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise StripeError(400, "The body must be a JSON object.")
    return found


async def read_form(request: Request) -> bytes:
    """The body of a form; 400 for another content type."""
    body = await read_body(request)
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if body and kind != FORM:
        raise StripeError(400, f"Invalid request: the content type must be {FORM}.")
    return body


def respond(answer: Answer, request_id: str, request: Request) -> Response:
    """The answer with Stripe's headers, such as `Request-Id` and `Stripe-Version`."""
    headers = {
        **_CORS,
        "Cache-Control": "no-cache, no-store",
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": request.headers.get("stripe-version", API_VERSION)[:40],
        "X-Content-Type-Options": "nosniff",
        **answer.headers,
    }
    key = request.headers.get("idempotency-key")
    if key is not None and len(key) <= 255:
        headers["Idempotency-Key"] = key
    if answer.replay_of is not None:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.replay_of}
    return Response(answer.body, answer.status, headers)


class CutResponse(Response):
    """Sends less than its Content-Length, so that the server closes the connection in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        """Begin an answer and close the connection before its end."""
        headers = [(b"content-length", b"4096"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
