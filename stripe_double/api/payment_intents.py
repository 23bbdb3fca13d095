"""Stripe's calls on PaymentIntents and ConfirmationTokens under /v1."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_double.api.calls import Call, answer_of, change, handler
from stripe_double.double import today
from stripe_double.operations import confirmation_tokens, elements, payment_intents
from stripe_double.operations.context import Context
from stripe_double.protocol import auth, confirm_params, params, update_params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.http import PREFLIGHT
from stripe_double.settings import API_VERSION

Act = Callable[[sqlite3.Connection, Context], Answer]


async def create(call: Call) -> Answer:
    """`POST /v1/payment_intents`, with the secret key."""
    auth.require_secret(public=call.public)
    wanted = params.create(call.form, today(), call.request.headers.get("stripe-version", API_VERSION))
    return await change(call, "create", lambda db, context: payment_intents.create(db, context, wanted))


async def update(call: Call) -> Answer:
    """`POST /v1/payment_intents/{id}`, with the secret key."""
    auth.require_secret(public=call.public)
    wanted = update_params.update(call.form)
    return await change(call, "update", lambda db, context: payment_intents.update(db, context, call.intent, wanted))


async def confirm(call: Call) -> Answer:
    """`POST .../confirm`, with the secret key, or with the publishable key and the intent's client secret."""
    wanted = confirm_params.read(call.form, today())
    auth.require_client_secret(wanted.client_secret, public=call.public)
    return await change(call, "confirm", lambda db, context: payment_intents.confirm(db, context, call.intent, wanted))


async def capture(call: Call) -> Answer:
    """`POST .../capture`, with the secret key."""
    auth.require_secret(public=call.public)
    wanted = params.capture(call.form)
    return await change(call, "capture", lambda db, context: payment_intents.capture(db, context, call.intent, wanted))


async def cancel(call: Call) -> Answer:
    """`POST .../cancel`, with the secret key."""
    auth.require_secret(public=call.public)
    wanted = params.cancel(call.form)
    return await change(call, "cancel", lambda db, context: payment_intents.cancel(db, context, call.intent, wanted))


async def retrieve(call: Call) -> Answer:
    """`GET /v1/payment_intents/{id}`, with the keys of `confirm`."""
    secret, expand = params.retrieve(call.form)
    auth.require_client_secret(secret, public=call.public)
    await call.double.faults.before_operation("retrieve")
    context = call.context()
    return call.double.database.read(
        lambda db: answer_of(context, lambda: payment_intents.retrieve(db, context, call.intent, secret, expand=expand))
    )


async def list_all(call: Call) -> Answer:
    """`GET /v1/payment_intents`, with the secret key."""
    auth.require_secret(public=call.public)
    wanted = params.listing(call.form)
    await call.double.faults.before_operation("list")
    context = call.context()
    return call.double.database.read(
        lambda db: answer_of(context, lambda: payment_intents.list_all(db, context, wanted))
    )


async def make_token(call: Call) -> Answer:
    """`POST /v1/confirmation_tokens` for browsers; for servers the path under `/v1/test_helpers`."""
    if call.request.url.path != _TOKENS:
        auth.require_secret(public=call.public)
    wanted = confirmation_tokens.read(call.form, today())
    return await change(
        call,
        "confirmation_token",
        lambda db, context: confirmation_tokens.create(db, int(context.now), wanted),
    )


async def show_token(call: Call) -> Answer:
    """`GET /v1/confirmation_tokens/{id}`, with the secret key."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()
    token: str = call.request.path_params["token"]
    context = call.context()
    return call.double.database.read(lambda db: answer_of(context, lambda: confirmation_tokens.retrieve(db, token)))


async def elements_session(call: Call) -> Answer:
    """`GET /v1/elements/sessions`, with either key."""
    wanted = elements.read(call.form)
    context = call.context()
    return call.double.database.read(lambda db: answer_of(context, lambda: elements.session(db, context, wanted)))


async def _preflight(request: Request) -> Response:  # noqa: ARG001 -- a route's signature
    return Response(status_code=204, headers=PREFLIGHT)


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
