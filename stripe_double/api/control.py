"""The double's own API, which Stripe does not have: faults, limits, clock, destination, export and readiness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from stripe_double.database import payments
from stripe_double.database.database import Database
from stripe_double.double import Double, double_of
from stripe_double.objects import ids
from stripe_double.objects.errors import StripeError
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.http import read_json, respond

ENTRIES_PER_CHUNK = 200
# Gets the body of a POST with the parameters of the path; returns an object for JSON.
Act = Callable[[Double, dict[str, Any]], Awaitable[dict[str, Any]]]


async def set_faults(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
    """Replace all fault switches."""
    double.faults.replace(wanted)
    double.webhooks.wake()
    return double.faults.as_json()


async def get_faults(double: Double, _: dict[str, Any]) -> dict[str, Any]:
    """All fault switches, with the counters as they are now."""
    return double.faults.as_json()


async def set_limits(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
    """Replace the rate limits."""
    double.limits.replace(wanted)
    return double.limits.as_json()


async def get_limits(double: Double, _: dict[str, Any]) -> dict[str, Any]:
    """The rate limits, with the number of calls refused since they were set."""
    return double.limits.as_json()


async def set_destination(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
    """Change the event destination."""
    double.destination = double.destination.changed(wanted)
    return double.destination.as_json()


async def set_settlement(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
    """Replace the exchange rates of the currencies that are settled in euros."""
    double.settlement.replace(wanted)
    return dict(double.settlement.rates)


async def set_clock(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
    """Advance the clock and expire authorisations and pending refunds."""
    double.clock.advance(wanted)
    await double.expire()
    return {"now": int(double.clock.now())}


async def export_payments(request: Request) -> Response:
    """Stream the payments with their charges and movements, and the counts of events. Parameters name metadata: only
    payments that have these values are sent.
    """
    wanted = dict(request.query_params)
    return StreamingResponse(_streamed(double_of(request).database, wanted), media_type="application/json")


async def ready(request: Request) -> Response:  # noqa: ARG001 -- a route's signature
    """200 as soon as the application serves requests."""
    return JSONResponse({"status": "ready"})


def _streamed(db: Database, metadata: dict[str, str]) -> Iterator[bytes]:
    """The JSON text {"webhooks": {...}, "intents": [...]} in chunks, so that it is never in memory as a whole."""
    connection = db.connect(read_only=True)
    try:
        yield b'{"webhooks":' + orjson.dumps(payments.event_counts(connection)) + b',"intents":['
        entries = map(orjson.dumps, payments.all_payments(connection, metadata))
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


def route(path: str, act: Act, method: str = "POST") -> Route:
    """A route with JSON that requires the secret key."""

    async def handle(request: Request) -> Response:
        wanted = await read_json(request) if method == "POST" else {}
        return JSONResponse(await act(double_of(request), wanted | request.path_params))

    return Route(path, secret_only(handle), methods=[method])


ROUTES = [
    route("/_double/limits", set_limits),
    route("/_double/limits", get_limits, "GET"),
    route("/_double/destination", set_destination),
    route("/_double/settlement", set_settlement),
    route("/_double/clock", set_clock),
    route("/_double/faults", set_faults),
    route("/_double/faults", get_faults, "GET"),
    Route("/_double/book", secret_only(export_payments), methods=["GET"]),
    Route("/health/ready", ready, methods=["GET"]),
]
