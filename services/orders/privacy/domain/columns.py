"""What the erasure of a person does to each personal column of orders: it replaces or deletes it, or a reason keeps it.

Compared with tables.yaml and with the database before and after an erasure: tests/privacy/test_columns.py. A personal
column that is in neither is a failed test.
"""

from __future__ import annotations

from collections.abc import Mapping

GONE: Mapping[str, tuple[str, ...]] = {
    "orders": ("account_id", "token_hash", "email", "shipping_address", "vat_id", "billing_address", "locale"),
    "order_search": ("email", "words"),
    "order_events": ("data", "actor"),
    "order_notes": ("body",),
    "order_views": ("filters",),
    "parcels": ("tracking_number", "tracking_url"),
    "refunds": ("note",),
    "cancellations": ("note",),
    "returns": ("note", "answer"),
    "order_holds": ("order_id", "holder", "address", "network"),
    "order_links": ("order_id",),
    "carts": ("id", "account_id", "token_hash", "order_id", "merged_into"),
    "cart_lines": ("cart_id", "variant_id"),
    "drafts": (
        *("id", "account_id", "email", "lines", "shipping_address", "billing_address", "vat_id", "locale", "note"),
        *("created_by", "order_id", "sent_by"),
    ),
    "idempotency": ("scope", "key", "request_hash", "operation_id", "body"),
    "jobs": ("payload", "error", "trace"),
}
"""Replaced by what stands in 0024_erasure.sql, or deleted with its row."""

ORDER = "the name of an order, which leads to nobody once its person is erased; the books need it"
GOODS = "what was sold and for how much, for the books; nobody is in it"
STAFF = "who of the staff did it: not the person of the order"
FACT = "a word of the provider or of a fixed list, about money, for the books"
SEALED = "the law asks for documents as they were written; they are sealed, and end on `kept_until`"
COUNTED = "a keyed hash that nobody reads a name from, so that a discount for each customer once is not had again"
DAY = "a keyed hash, deleted at the end of the day"
SHOP = "a word of the shop's own list, with which staff sort orders; at most 1,000 for all orders"
FEED = "ids alone, deleted after 7 days; services that follow need them"
DEAD = "ids and words of the provider, until an operator decides; without quoted parts"
AUDIT = "who did what, kept for 400 days for the security of all; no names, and no addresses of people"
SELLER = "what the shop says of itself: nobody who buys"
REVOKED = "deleted with the next event, some minutes later"
PROOF = "the proof that it was erased, kept for 10 years: an id that leads to nobody"

KEPT: Mapping[str, Mapping[str, str]] = {
    "orders": {"id": ORDER, "number": ORDER},
    "order_lines": {
        "order_id": ORDER,
        **dict.fromkeys(
            ("variant_id", "sku", "title", "variant_title", "slug", "product_id", "discounts"),
            GOODS,
        ),
    },
    "order_events": {"order_id": ORDER},
    "order_progress": {"order_id": ORDER},
    "order_search": {"order_id": ORDER},
    "order_notes": {"order_id": ORDER, "author": STAFF},
    "order_tags": {"order_id": ORDER, "tag": SHOP, "added_by": STAFF},
    "order_views": {"owner": STAFF},
    "line_progress": {"order_id": ORDER},
    "parcels": {"id": ORDER, "order_id": ORDER},
    "parcel_lines": {"parcel_id": ORDER, "order_id": ORDER},
    "restocks": {"order_id": ORDER, "lines": GOODS},
    "refunds": {
        **dict.fromkeys(("id", "order_id", "cancellation_id"), ORDER),
        "reason": FACT,
        "failure": FACT,
        "created_by": STAFF,
    },
    "refund_lines": {"refund_id": ORDER, "order_id": ORDER},
    "cancellations": {"id": ORDER, "order_id": ORDER, "reason": FACT, "lines": GOODS, "created_by": STAFF},
    "order_disputes": {"dispute_id": FACT, "order_id": ORDER, "reason": FACT},
    "returns": {"id": ORDER, "order_id": ORDER, "refund_id": ORDER},
    "return_lines": {"return_id": ORDER, "order_id": ORDER},
    "order_mails": {"order_id": ORDER},
    "mails_about": {"order_id": ORDER, "subject": ORDER},
    "documents": {
        **dict.fromkeys(("id", "order_id", "refund_id", "invoice_id"), ORDER),
        **dict.fromkeys(("number", "language", "content"), SEALED),
    },
    "discount_uses": {"order_id": ORDER, "code": GOODS, "customer": COUNTED},
    "discount_customers": {"customer": COUNTED},
    "unpaid_mails": {"recipient": DAY},
    "link_mails": {"recipient": DAY},
    "erasures": {"subject": PROOF, "erasure_id": PROOF},
    "outbox": dict.fromkeys(("aggregate_id", "trace", "data"), FEED),
    "inbox_dead": dict.fromkeys(("aggregate_id", "trace", "data", "error"), DEAD),
    "audit_lines": dict.fromkeys(
        ("object", "actor_id", "roles", "session_id", "ip", "agent_hash", "request_id", "before", "after"), AUDIT
    ),
    "revoked_sessions": {"session_id": REVOKED},
    "shop_profile": {"stored": SELLER},
}
"""Why it stays."""
