"""The double's own API, which Stripe does not have: faults, limits, clock, destination, export and readiness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from stripe_double.database import payments
from stripe_double.database.database import Database
from stripe_double.double import double_of
from stripe_double.objects import ids
from stripe_double.objects.errors import StripeError
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.http import read_body, respond

ENTRIES_PER_CHUNK = 200


async def set_faults(request: Request) -> Response:
    """Replace all fault switches by the request's body."""
    double = double_of(request)
    double.faults.replace(await read_body(request))
    double.webhooks.wake()
    return JSONResponse(double.faults.as_json())


async def get_faults(request: Request) -> Response:
    """All fault switches, with the counters as they are now."""
    return JSONResponse(double_of(request).faults.as_json())


async def export_payments(request: Request) -> Response:
    """Stream all payments with their charges and movements, and the counts of events."""
    return StreamingResponse(_streamed(double_of(request).database), media_type="application/json")


async def ready(request: Request) -> Response:  # noqa: ARG001 -- a route's signature
    """200 as soon as the application serves requests."""
    return JSONResponse({"status": "ready"})


def _streamed(db: Database) -> Iterator[bytes]:
    """The JSON text {"webhooks": {...}, "intents": [...]} in chunks, so that it is never in memory as a whole."""
    connection = db.connect(read_only=True)
    try:
        yield b'{"webhooks":' + orjson.dumps(payments.event_counts(connection)) + b',"intents":['
        entries = map(orjson.dumps, payments.all_payments(connection))
        comma = b""
        while page := list(islice(entries, ENTRIES_PER_CHUNK)):
            yield comma + b",".join(page)
            comma = b","
        yield b"]}"
    finally:
        connection.close()


def secret_only(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that requires the secret key; errors are answered as Stripe answers them."""

    async def handle(request: Request) -> Response:
        try:
            public = auth.is_public(double_of(request).settings, request.headers.get("authorization"), {})
            auth.require_secret(public=public)
            return await act(request)
        except StripeError as error:
            return respond(Answer.of(error), ids.new("req_"), request)

    return handle


async def set_limits(request: Request) -> Response:
    """Replace the rate limits by the request's body."""
    double = double_of(request)
    double.limits.replace(await read_body(request))
    return JSONResponse(double.limits.as_json())


async def get_limits(request: Request) -> Response:
    """The rate limits, with the number of calls refused since they were set."""
    return JSONResponse(double_of(request).limits.as_json())


async def set_destination(request: Request) -> Response:
    """Change the event destination by the request's body."""
    double = double_of(request)
    double.destination = double.destination.changed(await read_body(request))
    return JSONResponse(double.destination.as_json())


async def set_clock(request: Request) -> Response:
    """Advance the clock and expire authorisations and pending refunds."""
    double = double_of(request)
    double.clock.advance(await read_body(request))
    await double.expire()
    return JSONResponse({"now": int(double.clock.now())})


ROUTES = [
    Route("/_double/limits", secret_only(set_limits), methods=["POST"]),
    Route("/_double/limits", secret_only(get_limits), methods=["GET"]),
    Route("/_double/destination", secret_only(set_destination), methods=["POST"]),
    Route("/_double/clock", secret_only(set_clock), methods=["POST"]),
    Route("/_double/faults", secret_only(set_faults), methods=["POST"]),
    Route("/_double/faults", secret_only(get_faults), methods=["GET"]),
    Route("/_double/book", secret_only(export_payments), methods=["GET"]),
    Route("/health/ready", ready, methods=["GET"]),
]
