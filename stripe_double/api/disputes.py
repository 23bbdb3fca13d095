"""Stripe's calls on disputes and early fraud warnings under /v1, with the secret key."""

from __future__ import annotations

import sqlite3

from starlette.routing import Route

from stripe_double.api.calls import Call, change, handler
from stripe_double.api.reading import both, name_of
from stripe_double.database import documents
from stripe_double.operations import disputes, expansion
from stripe_double.operations.context import Context
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields


async def update_dispute(call: Call) -> Answer:
    """`POST /v1/disputes/{id}`: adds evidence, and submits it unless `submit=false`."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    nested = fields.nested("evidence")
    given = {name: nested.text(name, longest=20_000) for name in disputes.EVIDENCE} if nested else {}
    if nested is not None:
        nested.done()
    submit = fields.text("submit")
    metadata, paths = fields.metadata(changes=True), fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "dispute", name_of(call), "dispute")
        evidence = {name: text for name, text in given.items() if text}
        after = disputes.submit_evidence(
            db, context, found, evidence=evidence, metadata=metadata, submit=submit != "false"
        )
        return Answer.ok(expansion.expand(db, context, documents.public(after), paths))

    return await change(call, "disputes", act)


async def close_dispute(call: Call) -> Answer:
    """`POST /v1/disputes/{id}/close`: the dispute is lost."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    paths = fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "dispute", name_of(call), "dispute")
        after = disputes.close(db, context, found)
        return Answer.ok(expansion.expand(db, context, documents.public(after), paths))

    return await change(call, "disputes", act)


ROUTES = [
    Route("/v1/disputes/{name}", handler(update_dispute), methods=["POST"]),
    Route("/v1/disputes/{name}/close", handler(close_dispute), methods=["POST"]),
    *both("/v1/disputes", "dispute", "disputes"),
    *both("/v1/radar/early_fraud_warnings", "early_fraud_warning", "warnings"),
]
