"""Stripe's objects and rules, without input or output: cards, currencies, errors, the state machine `intents`."""

from __future__ import annotations

__all__ = ["cards", "currencies", "errors", "ids", "intents", "links", "records", "serialization"]
