"""The parameters of an update of an intent, and the check of statement descriptors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from stripe_double.objects.errors import invalid
from stripe_double.protocol.fields import USAGES, Fields
from stripe_double.protocol.forms import Value


@dataclass(frozen=True, slots=True)
class Update:
    """The checked parameters. `changes` are fields of the record; an empty metadata value removes its key."""

    changes: dict[str, Any]
    metadata: dict[str, str]
    expand: bool


def update(form: dict[str, Value]) -> Update:
    """Check the parameters of an update."""
    fields = Fields(form)
    changes = {
        "amount": fields.integer("amount", 1),
        "description": fields.text("description", longest=1000),
        "receipt_email": fields.text("receipt_email", longest=512),
        "statement_descriptor_suffix": descriptor(fields, "statement_descriptor_suffix"),
        "shipping": fields.shipping(),
        "customer": fields.text("customer"),
        "setup_future_usage": fields.choice("setup_future_usage", USAGES),
    }
    given = {name: value for name, value in changes.items() if value is not None}
    wanted = Update(given, fields.metadata(changes=True), fields.expand("latest_charge"))
    fields.done()
    return wanted


def descriptor(fields: Fields, name: str) -> str | None:
    """Take a statement descriptor; 400 if it is invalid. Source: https://docs.stripe.com/get-started/account/statement-descriptors."""
    text = fields.text(name)
    if text is None:
        return None
    if len(text) > 22:
        raise invalid(name, f"The {name} must be at most 22 characters.")
    if not re.search(r"[A-Za-z]", text) or re.search(r"[<>\\'\"*]", text) or not text.isascii():
        raise invalid(name, f"The {name} must contain a letter, and none of < > \\ ' \" *.")
    return text
