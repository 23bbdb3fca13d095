"""Stripe's search of intents, charges and customers under /v1, with the secret key.

It is not up to date at once: the switch `search_lag_s` says for how long. Source: https://docs.stripe.com/search.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from starlette.routing import Route

from stripe_double.api.calls import Call, handler
from stripe_double.api.reading import read
from stripe_double.database import documents
from stripe_double.objects import serialization
from stripe_double.objects.errors import invalid
from stripe_double.objects.records import Charge, Intent
from stripe_double.operations import expansion
from stripe_double.operations.context import Context
from stripe_double.protocol import search_query
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields

Show = Callable[[Context, dict[str, Any]], dict[str, Any]]
_MONEY = ("amount", "created", "currency", "customer", "metadata", "status")
_SEARCHED: dict[str, tuple[str, tuple[str, ...], Show]] = {
    "payment_intents": (
        "intents",
        _MONEY,
        lambda context, doc: serialization.intent_object(Intent(**doc), context.base),
    ),
    "charges": (
        "charges",
        (*_MONEY, "disputed", "refunded", "payment_method_details.card.last4"),
        lambda _, doc: serialization.charge_object(Charge(**doc)),
    ),
    "customers": (
        "customers",
        ("created", "email", "metadata", "name", "phone"),
        lambda _, doc: documents.public(doc),
    ),
}


def _searching(path: str) -> Callable[[Call], Any]:
    table, known, show = _SEARCHED[path]

    async def search(call: Call) -> Answer:
        fields = Fields(call.form)
        query = search_query.parse(fields.text("query", required=True), known)
        limit, at = fields.integer("limit", 1, 100) or 10, fields.text("page")
        paths = fields.items("expand")
        fields.done()
        if at is not None and not at.isdigit():
            raise invalid("page", "Invalid page: it is the next_page of a result.")

        def act(db: sqlite3.Connection, context: Context) -> Answer:
            seen = context.now - call.double.faults.search_lag_s
            found = (shown for shown in _all(db, context, table, show) if shown["created"] <= seen)
            matching = [shown for shown in found if query.holds(shown)]
            first = int(at or 0)
            more = len(matching) > first + limit
            result = {
                "object": "search_result",
                "data": matching[first : first + limit],
                "has_more": more,
                "next_page": str(first + limit) if more else None,
                "url": f"/v1/{path}/search",
            }
            return Answer.ok(expansion.expand(db, context, result, paths))

        return await read(call, "search", act)

    search.__name__ = f"search_{path}"
    return search


def _all(db: sqlite3.Connection, context: Context, table: str, show: Show) -> Iterator[dict[str, Any]]:
    """Every object of a table, newest first; no customer that was deleted."""
    for (text,) in db.execute(f"SELECT doc FROM {table} ORDER BY seq DESC"):
        doc = orjson.loads(text)
        if not doc.get("_deleted"):
            yield show(context, doc)


ROUTES = [Route(f"/v1/{path}/search", handler(_searching(path)), methods=["GET"]) for path in _SEARCHED]
