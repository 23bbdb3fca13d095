"""How every call is handled: read and authenticated, run once in a transaction, and answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from stripe_double.controls import idempotency
from stripe_double.controls.faults import ConnectionCut
from stripe_double.double import Double, double_of
from stripe_double.objects import ids
from stripe_double.objects.errors import StripeError, no_such_address
from stripe_double.operations import payment_intents
from stripe_double.operations.context import Context
from stripe_double.protocol import auth, forms
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.forms import Value
from stripe_double.protocol.http import CutResponse, read_form, respond

Act = Callable[[sqlite3.Connection, Context], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """A call with a valid API key and a decoded form. `public`: it has the publishable key."""

    double: Double
    request: Request
    id: str
    form: dict[str, Value]
    body: bytes
    public: bool

    @property
    def intent(self) -> str:
        """The intent's id in the path."""
        intent: str = self.request.path_params["intent"]
        return intent

    def context(self) -> Context:
        """The context of the operations that this call runs."""
        key = self.request.headers.get("idempotency-key")
        return self.double.context(self.id, key, public=self.public)


async def change(call: Call, operation: str, act: Act, *, locked: str | None = None) -> Answer:
    """Run an operation in one transaction, once per idempotency key, with its object locked and faults injected.

    `locked` is the id of the object if it is not in the path.
    """
    double = call.double
    key = call.request.headers.get("idempotency-key")
    mark = idempotency.fingerprint(call.request.url.path, call.body)

    def job(db: sqlite3.Connection) -> Answer:
        context = call.context()
        act_now = partial(answer_of, context, lambda: act(db, context))
        return idempotency.run_once(db, key, mark, call.id, context.now, act_now)

    with double.in_flight.hold(key):
        async with double.locks.hold(locked or next(iter(call.request.path_params.values()), None)):
            await double.faults.before_operation(operation)
            answer = await double.database.write(job)
    double.webhooks.wake()
    try:
        double.faults.after_operation(operation)
    except StripeError as error:
        # As with Stripe, the key gives this failure from now on, although the call took effect.
        failure = Answer.of(error)
        await double.database.write(lambda db: idempotency.replace_answer(db, key, failure))
        raise
    return answer


def answer_of(context: Context, act: Callable[[], Answer]) -> Answer:
    """The result of an operation as an answer; its refusal as an error answer."""
    result = payment_intents.attempt(context, act)
    return Answer.of(result) if isinstance(result, StripeError) else result


def handler(act: Callable[[Call], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint: checks the rate limit, form and API key, and answers with the result of `act`."""

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


async def no_route(request: Request, _: Exception) -> Response:
    """404 for unknown paths and methods, as Stripe answers."""
    error = no_such_address(request.method, request.url.path)
    return respond(Answer.of(error), ids.new("req_"), request)
