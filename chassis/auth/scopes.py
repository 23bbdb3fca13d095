"""All scopes that there are, and what each allows: the one list of roles, of API keys and of every service."""

from __future__ import annotations

SCOPES: dict[str, str] = {
    "accounts:read": "See accounts, their roles, and the notes and groups of customers",
    "accounts:write": "Give roles, lock accounts, invite staff, write notes and groups of customers",
    "audit:read": "Read the audit log",
    "catalog:read": "See drafts and archived products",
    "catalog:write": "Change products, their prices, pictures and collections",
    "keys:write": "Make and end API keys, and replace signing keys",
    "operations:read": "See work of services that has stopped, how far they lag, and the limits that refused",
    "operations:write": "Try work again that has stopped, or give it up",
    "orders:read": "See orders of everybody, and their documents",
    "orders:write": "Change orders: drafts, parcels, returns, cancellations, mails and notes",
    "payments:read": "See payments, disputes, payouts, the ledger and figures",
    "payments:write": "Note money that came, and answer disputes",
    "pricing:read": "See rules of shipping, taxes and discounts",
    "pricing:write": "Change rules of shipping, taxes and discounts",
    "refunds:write": "Give money back",
    "settings:read": "See the settings of the shop that are not public",
    "settings:write": "Change the settings of the shop",
    "shop:probe": "Buy the article of the synthetic shopper, a draft",
    "stock:write": "Set and adjust stock",
    "webhooks:write": "See and change outgoing webhooks and their log",
}

# The synthetic shopper's: an operator's command alone gives it, no role of one's own and no API key.
_NEVER_GIVEN = {"shop:probe"}
GRANTABLE = frozenset(SCOPES) - _NEVER_GIVEN
"""The scopes that staff may put into a role or an API key."""
