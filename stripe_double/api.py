"""Stripe's calls on PaymentIntents, under /v1: who calls, with what, which operation, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from stripe_double import (
    auth,
    confirmation_tokens,
    confirming,
    elements,
    forms,
    idempotency,
    ids,
    operations,
    params,
    updates,
)
from stripe_double.answers import Answer
from stripe_double.double import double_of, today
from stripe_double.errors import StripeError, no_such_address
from stripe_double.faults import ConnectionCut
from stripe_double.fields import Fields
from stripe_double.http import PREFLIGHT, CutResponse, read_form, respond
from stripe_double.settings import API_VERSION

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from stripe_double.double import Double
    from stripe_double.forms import Value
    from stripe_double.operations import Context

    Act = Callable[[sqlite3.Connection, Context], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has been read and whose key is right."""

    double: Double
    request: Request
    id: str
    form: dict[str, Value]
    body: bytes
    public: bool

    @property
    def intent(self) -> str:
        intent: str = self.request.path_params["intent"]
        return intent

    def context(self) -> Context:
        key = self.request.headers.get("idempotency-key")
        return self.double.context(self.id, key, public=self.public)


async def create(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    wanted = params.create(call.form, today(), call.request.headers.get("stripe-version", API_VERSION))
    return await change(call, "create", lambda book, context: operations.create(book, context, wanted))


async def update(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    wanted = updates.update(call.form)
    return await change(call, "update", lambda book, context: operations.update(book, context, call.intent, wanted))


async def confirm(call: Call) -> Answer:
    wanted = confirming.read(call.form, today())
    auth.require_client_secret(wanted.client_secret, public=call.public)
    return await change(call, "confirm", lambda book, context: operations.confirm(book, context, call.intent, wanted))


async def capture(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    wanted = params.capture(call.form)
    return await change(call, "capture", lambda book, context: operations.capture(book, context, call.intent, wanted))


async def cancel(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    wanted = params.cancel(call.form)
    return await change(call, "cancel", lambda book, context: operations.cancel(book, context, call.intent, wanted))


async def retrieve(call: Call) -> Answer:
    secret, expand = params.retrieve(call.form)
    auth.require_client_secret(secret, public=call.public)
    await call.double.faults.before("retrieve")
    context = call.context()
    return call.double.book.read(
        lambda book: answer_of(context, lambda: operations.retrieve(book, context, call.intent, secret, expand=expand))
    )


async def list_all(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    wanted = params.listing(call.form)
    await call.double.faults.before("list")
    context = call.context()
    return call.double.book.read(lambda book: answer_of(context, lambda: operations.list_all(book, context, wanted)))


async def make_token(call: Call) -> Answer:
    """By a browser of what a person typed; by a server at the address of Stripe's test helpers."""
    if call.request.url.path != _TOKENS:
        auth.require_secret(public=call.public)
    wanted = confirmation_tokens.read(call.form, today())
    return await change(
        call,
        "confirmation_token",
        lambda book, context: confirmation_tokens.create(book, int(context.now), wanted),
    )


async def show_token(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    Fields(call.form).done()
    token: str = call.request.path_params["token"]
    context = call.context()
    return call.double.book.read(lambda book: answer_of(context, lambda: confirmation_tokens.retrieve(book, token)))


async def elements_session(call: Call) -> Answer:
    wanted = elements.read(call.form)
    context = call.context()
    return call.double.book.read(lambda book: answer_of(context, lambda: elements.session(book, context, wanted)))


async def change(call: Call, operation: str, act: Act) -> Answer:
    """One transaction, once per idempotency key and alone on its object, between the faults that may befall it."""
    double = call.double
    key = call.request.headers.get("idempotency-key")
    mark = idempotency.fingerprint(call.request.url.path, call.body)

    def job(book: sqlite3.Connection) -> Answer:
        context = call.context()
        act_now = partial(answer_of, context, lambda: act(book, context))
        return idempotency.once(book, key, mark, call.id, context.now, act_now)

    with double.in_flight.hold(key):
        async with double.locks.hold(next(iter(call.request.path_params.values()), None)):
            await double.faults.before(operation)
            answer = await double.book.write(job)
    double.webhooks.wake()
    try:
        double.faults.after(operation)
    except StripeError as error:
        # As Stripe does: the key gives this failure from now on, although the call took effect.
        failure = Answer.of(error)
        await double.book.write(lambda book: idempotency.keep(book, key, failure))
        raise
    return answer


def answer_of(context: Context, act: Callable[[], Answer]) -> Answer:
    result = operations.attempt(context, act)
    return Answer.of(result) if isinstance(result, StripeError) else result


def handler(act: Callable[[Call], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        request_id = ids.new("req_")
        double = double_of(request)
        try:
            double.limits.take(act.__name__)
            body = await read_form(request)
            encoded = body if request.method == "POST" else request.scope["query_string"]
            form = forms.decode(encoded)
            public = auth.is_public(double.settings, request.headers.get("authorization"), form)
            answer = await act(Call(double, request, request_id, form, body, public))
        except StripeError as error:
            answer = Answer.of(error)
        except ConnectionCut:
            return CutResponse()
        return respond(answer, request_id, request)

    return handle


async def _preflight(request: Request) -> Response:  # noqa: ARG001 -- a route's signature
    return Response(status_code=204, headers=PREFLIGHT)


async def no_route(request: Request, _: Exception) -> Response:
    """404 and 405 alike, as Stripe answers them."""
    error = no_such_address(request.method, request.url.path)
    return respond(Answer.of(error), ids.new("req_"), request)


_ALL = "/v1/payment_intents"
_ONE = "/v1/payment_intents/{intent}"
_TOKENS = "/v1/confirmation_tokens"
ROUTES = [
    Route(_ALL, handler(create), methods=["POST"]),
    Route(_ALL, handler(list_all), methods=["GET"]),
    Route(f"{_ONE}/confirm", handler(confirm), methods=["POST"]),
    Route(f"{_ONE}/capture", handler(capture), methods=["POST"]),
    Route(f"{_ONE}/cancel", handler(cancel), methods=["POST"]),
    Route(_ONE, handler(update), methods=["POST"]),
    Route(_ONE, handler(retrieve), methods=["GET"]),
    Route(_TOKENS, handler(make_token), methods=["POST"]),
    Route("/v1/test_helpers/confirmation_tokens", handler(make_token), methods=["POST"]),
    Route(f"{_TOKENS}/{{token}}", handler(show_token), methods=["GET"]),
    Route("/v1/elements/sessions", handler(elements_session), methods=["GET"]),
    Route("/v1/{path:path}", _preflight, methods=["OPTIONS"]),
]
