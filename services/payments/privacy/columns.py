"""What an erasure does to each personal column of payments: it replaces or deletes it, or a reason keeps it.

Compared with tables.yaml and with the database before and after an erasure: tests/privacy/test_columns.py. A personal
column that is in neither is a failed test.
"""

from __future__ import annotations

from collections.abc import Mapping

GONE: Mapping[str, tuple[str, ...]] = {
    "payments": ("client_secret", "details", "address", "trace"),
    "refunds": ("trace",),
    "provider_events": ("payload",),
    "payment_receipts": ("reference",),
    "payment_declines": ("payment_id", "reference", "address"),
    "provider_customers": ("customer_id",),
}
"""Replaced by what stands in privacy/store.py, or deleted with its row; the customer at Stripe by the sweep."""

MONEY = "an id that leads to nobody once the person of the order is erased; the ledger and the provider's books need it"
ENDED = "only there while another try is possible; a payment that can be erased has ended"
FACT = "a word of the provider or of a fixed list, about money, for the books"
STAFF = "who of the staff did it: not the person of the order"
PROOF = "the proof that it was erased, an id that leads to nobody; so that no cards are saved for it any more"
NOTICE = "the provider's id of a case that staff were told of, for 2 years"
FEED = "ids and words of the provider, deleted after 7 days; services that follow need them"
DEAD = "ids and words of the provider, until an operator decides; without quoted parts"
AUDIT = "who did what, kept for 400 days for the security of all; no names, and no addresses of people"
SELLER = "what the shop says of itself: nobody who buys"
REVOKED = "deleted with the next event, some minutes later"
ANSWERS = "requests to payments have no key: it stays empty"
JOBS = "ids alone, deleted with the work; a held one goes when an operator decides"

KEPT: Mapping[str, Mapping[str, str]] = {
    "payments": {
        **dict.fromkeys(("id", "order_id", "intent_id"), MONEY),
        **dict.fromkeys(("decline_reference", "decline_code", "decline_message"), ENDED),
    },
    "refunds": {"id": MONEY, "payment_id": MONEY, "provider_id": MONEY, "failure": FACT},
    "ledger_transactions": {"payment_id": MONEY, "reference": MONEY},
    "ledger_entries": {"transaction_id": MONEY},
    "provider_events": {"payment_id": MONEY, "intent_id": MONEY},
    "provider_cases": {"id": MONEY, "payment_id": MONEY, "reason": FACT},
    "payment_receipts": {"payment_id": MONEY, "received_by": STAFF},
    "provider_customers": {"account_id": PROOF},
    "balance_movements": {"source": MONEY},
    "staff_notices": {"subject": NOTICE},
    "erasures": {"subject": PROOF},
    "outbox": dict.fromkeys(("aggregate_id", "trace", "data"), FEED),
    "inbox_dead": dict.fromkeys(("aggregate_id", "trace", "data", "error"), DEAD),
    "idempotency": dict.fromkeys(("scope", "key", "request_hash", "operation_id", "body"), ANSWERS),
    "jobs": dict.fromkeys(("payload", "error", "trace"), JOBS),
    "audit_lines": dict.fromkeys(
        ("object", "actor_id", "roles", "session_id", "ip", "agent_hash", "request_id", "before", "after"), AUDIT
    ),
    "revoked_sessions": {"session_id": REVOKED},
    "shop_profile": {"stored": SELLER},
}
"""Why it stays."""
