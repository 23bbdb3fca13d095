"""The double's own addresses, which Stripe has not: faults on demand, the book for checkers, readiness."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import orjson
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from stripe_double import auth, ids, store
from stripe_double.answers import Answer
from stripe_double.double import double_of
from stripe_double.errors import StripeError
from stripe_double.http import read_body, respond

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.requests import Request

    from stripe_double.book import Book

ENTRIES_PER_CHUNK = 200


async def set_faults(request: Request) -> Response:
    double = double_of(request)
    double.faults.replace(await read_body(request))
    double.webhooks.wake()
    return JSONResponse(double.faults.shown())


async def get_faults(request: Request) -> Response:
    """With the counters as they are now."""
    return JSONResponse(double_of(request).faults.shown())


async def get_book(request: Request) -> Response:
    return StreamingResponse(_streamed(double_of(request).book), media_type="application/json")


async def ready(request: Request) -> Response:  # noqa: ARG001 -- a route's signature
    return JSONResponse({"status": "ready"})


def _streamed(book: Book) -> Iterator[bytes]:
    """{"webhooks": {...}, "intents": [...]}, without holding all of it in memory."""
    connection = book.connect(read_only=True)
    try:
        yield b'{"webhooks":' + orjson.dumps(store.event_counts(connection)) + b',"intents":['
        entries = map(orjson.dumps, store.whole_book(connection))
        comma = b""
        while page := list(islice(entries, ENTRIES_PER_CHUNK)):
            yield comma + b",".join(page)
            comma = b","
        yield b"]}"
    finally:
        connection.close()


def secret_only(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        try:
            public = auth.is_public(double_of(request).settings, request.headers.get("authorization"), {})
            auth.require_secret(public=public)
            return await act(request)
        except StripeError as error:
            return respond(Answer.of(error), ids.new("req_"), request)

    return handle


async def set_limits(request: Request) -> Response:
    double = double_of(request)
    double.limits.replace(await read_body(request))
    return JSONResponse(double.limits.shown())


async def get_limits(request: Request) -> Response:
    """With the number of calls refused since they were set."""
    return JSONResponse(double_of(request).limits.shown())


async def set_destination(request: Request) -> Response:
    double = double_of(request)
    double.destination = double.destination.changed(await read_body(request))
    return JSONResponse(double.destination.shown())


async def set_clock(request: Request) -> Response:
    """Put forward; what is over by then ends at once."""
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
    Route("/_double/book", secret_only(get_book), methods=["GET"]),
    Route("/health/ready", ready, methods=["GET"]),
]
