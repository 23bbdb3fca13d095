"""What may be changed of an intent afterwards, and the rules of what a card's statement says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_double.errors import invalid
from stripe_double.fields import Fields

if TYPE_CHECKING:
    from stripe_double.forms import Value


@dataclass(frozen=True, slots=True)
class Update:
    """`changes` are members of the record; of metadata, an empty text takes a key out."""

    changes: dict[str, Any]
    metadata: dict[str, str]
    expand: bool


def update(form: dict[str, Value]) -> Update:
    fields = Fields(form)
    changes = {
        "amount": fields.integer("amount", 1),
        "description": fields.text("description", longest=1000),
        "receipt_email": fields.text("receipt_email", longest=512),
        "statement_descriptor_suffix": descriptor(fields, "statement_descriptor_suffix"),
        "shipping": fields.shipping(),
    }
    given = {name: value for name, value in changes.items() if value is not None}
    wanted = Update(given, fields.metadata(), fields.expand("latest_charge"))
    fields.done()
    return wanted


def descriptor(fields: Fields, name: str) -> str | None:
    """What a card's statement says. Source: https://docs.stripe.com/get-started/account/statement-descriptors."""
    text = fields.text(name)
    if text is None:
        return None
    if len(text) > 22:
        raise invalid(name, f"The {name} must be at most 22 characters.")
    if not re.search(r"[A-Za-z]", text) or re.search(r"[<>\\'\"*]", text) or not text.isascii():
        raise invalid(name, f"The {name} must contain a letter, and none of < > \\ ' \" *.")
    return text
