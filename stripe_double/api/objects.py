"""Stripe's calls on charges and events under /v1, with the secret key."""

from __future__ import annotations

import sqlite3

import orjson
from starlette.routing import Route

from stripe_double.api.calls import Call, handler
from stripe_double.api.reading import name_of, page, read
from stripe_double.database import payments
from stripe_double.objects import serialization
from stripe_double.objects.errors import no_such
from stripe_double.operations import charges, expansion
from stripe_double.operations.context import Context
from stripe_double.protocol import params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields


async def retrieve_charge(call: Call) -> Answer:
    """`GET /v1/charges/{id}`."""
    fields = Fields(call.form)
    paths = fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = serialization.charge_object(charges.charge_of(db, name_of(call), "id"))
        return Answer.ok(expansion.expand(db, context, found, paths))

    return await read(call, "charges", act)


async def list_charges(call: Call) -> Answer:
    """`GET /v1/charges`."""

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        fields = Fields(call.form)
        intent, paths = fields.text("payment_intent"), fields.items("expand")
        wanted = params.page(fields)
        fields.done()
        found = [serialization.charge_object(each) for each in payments.list_charges(db, wanted, intent)]
        return Answer.ok(expansion.expand(db, context, page(found, wanted, "/v1/charges"), paths))

    return await read(call, "charges", act)


async def retrieve_event(call: Call) -> Answer:
    """`GET /v1/events/{id}`."""
    Fields(call.form).done()

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        row = db.execute("SELECT payload FROM events WHERE id = ?", (name_of(call),)).fetchone()
        if row is None:
            raise no_such("event", name_of(call), "id")
        return Answer.ok(orjson.loads(row[0]))

    return await read(call, "events", act)


async def list_events(call: Call) -> Answer:
    """`GET /v1/events`."""

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        kind, kinds = fields.text("type"), fields.items("types")
        wanted = params.page(fields)
        fields.done()
        found = payments.list_events(db, wanted, [kind] if kind else kinds)
        return Answer.ok(page(found, wanted, "/v1/events"))

    return await read(call, "events", act)


ROUTES = [
    Route("/v1/charges", handler(list_charges), methods=["GET"]),
    Route("/v1/charges/{name}", handler(retrieve_charge), methods=["GET"]),
    Route("/v1/events", handler(list_events), methods=["GET"]),
    Route("/v1/events/{name}", handler(retrieve_event), methods=["GET"]),
]
