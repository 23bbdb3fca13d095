"""`expand`: ids in an answer are replaced by their objects. Source: https://docs.stripe.com/api/expanding_objects."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from stripe_double.database import documents, payments
from stripe_double.objects.errors import invalid, no_such_intent
from stripe_double.objects.serialization import charge_object, intent_object
from stripe_double.operations import balance, charges, refunds
from stripe_double.operations.context import Context

MAX_DEPTH = 4
Find = Callable[[sqlite3.Connection, Context, str], dict[str, Any]]


def _intent(db: sqlite3.Connection, context: Context, name: str) -> dict[str, Any]:
    found = payments.get_intent(db, name)
    if found is None:
        raise no_such_intent(name)
    return intent_object(found, context.base)


def _document(kind: str) -> Find:
    return lambda db, _, name: documents.public(documents.get(db, kind, name))


_FINDERS: dict[str, Find] = {
    "ch": lambda db, _, name: charge_object(charges.charge_of(db, name)),
    "pi": _intent,
    "re": _document("refund"),
    "du": _document("dispute"),
    "po": _document("payout"),
    "cus": _document("customer"),
    "pm": _document("payment_method"),
    "txn": lambda db, context, name: balance.shown(context, documents.get(db, "balance_transaction", name)),
}


def expand(db: sqlite3.Connection, context: Context, shown: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The object with what the paths name expanded; 400 for a path that cannot be."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise invalid(
                "expand", f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path[:80]}"
            )
        shown = _expanded(db, context, shown, parts, path)
    return shown


def _expanded(
    db: sqlite3.Connection, context: Context, shown: dict[str, Any], parts: list[str], path: str
) -> dict[str, Any]:
    name, rest = parts[0], parts[1:]
    value = shown.get(name)
    if shown["object"] in {"list", "search_result"} and name == "data" and rest:
        return {**shown, "data": [_expanded(db, context, each, rest, path) for each in shown["data"]]}
    if shown["object"] == "charge" and name == "refunds":
        value = refunds.of_charge(db, shown["id"]) if value is None else value
    elif isinstance(value, str) and (find := _FINDERS.get(value.partition("_")[0])) and value != shown["id"]:
        value = find(db, context, value)
    elif not isinstance(value, dict) and not (value is None and name in shown):
        raise invalid("expand", f"This property cannot be expanded ({path[:80]}).")
    if rest and value is not None:
        value = _expanded(db, context, value, rest, path)
    return {**shown, name: value}
