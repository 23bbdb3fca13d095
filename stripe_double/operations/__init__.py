"""The operations on Stripe's objects. Each runs in one transaction and writes its events with its changes."""

from __future__ import annotations

__all__ = ["charges", "confirmation_tokens", "context", "disputes", "elements", "events", "payment_intents", "refunds"]
