"""Stripe's calls on refunds under /v1, with the secret key."""

from __future__ import annotations

import sqlite3

from starlette.routing import Route

from stripe_double.api.calls import Call, change, handler
from stripe_double.api.reading import both, name_of
from stripe_double.database import documents
from stripe_double.objects.errors import StripeError
from stripe_double.operations import charges, expansion, refunds
from stripe_double.operations.context import Context
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields


async def create_refund(call: Call) -> Answer:
    """`POST /v1/refunds`: of a charge, or of an intent's latest charge."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is None and intent is None:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise StripeError(400, message)
    amount, reason = fields.integer("amount", 1), fields.choice("reason", refunds.REASONS)
    metadata, paths = fields.metadata(), fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        of = charges.to_refund(db, charge, intent)
        made = refunds.create(db, context, of, amount=amount, reason=reason, metadata=metadata)
        return Answer.ok(expansion.expand(db, context, documents.public(made), paths))

    return await change(call, "refund", act, locked=charge or intent)


async def update_refund(call: Call) -> Answer:
    """`POST /v1/refunds/{id}`: adds metadata."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    metadata, paths = fields.metadata(changes=True), fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "refund", name_of(call))
        after = refunds.update(db, context, found, metadata)
        return Answer.ok(expansion.expand(db, context, documents.public(after), paths))

    return await change(call, "refund", act)


async def cancel_refund(call: Call) -> Answer:
    """`POST /v1/refunds/{id}/cancel`: 400 unless it waits for the shopper."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    paths = fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "refund", name_of(call))
        after = refunds.cancel(db, context, found)
        return Answer.ok(expansion.expand(db, context, documents.public(after), paths))

    return await change(call, "refund", act)


ROUTES = [
    Route("/v1/refunds", handler(create_refund), methods=["POST"]),
    Route("/v1/refunds/{name}", handler(update_refund), methods=["POST"]),
    Route("/v1/refunds/{name}/cancel", handler(cancel_refund), methods=["POST"]),
    *both("/v1/refunds", "refund", "refunds"),
]
