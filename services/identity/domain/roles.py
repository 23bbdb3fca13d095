"""Roles, and the scopes that they give."""

from __future__ import annotations

from collections.abc import Iterable

_READING = frozenset({"orders:read", "accounts:read", "payments:read", "catalog:read", "pricing:read"})
_MERCHANDISING = frozenset({"catalog:read", "catalog:write", "stock:write", "pricing:read", "pricing:write"})
_KEEPING = frozenset({"settings:read", "settings:write", "keys:write", "webhooks:write", "audit:read"})

SCOPES: dict[str, frozenset[str]] = {
    "customer": frozenset(),
    "support": _READING,
    "merchandiser": _MERCHANDISING,
    # The synthetic shopper: only an operator's command gives it. It finds its article, a draft, and buys that alone.
    "probe": frozenset({"catalog:read", "shop:probe"}),
    "admin": _READING
    | _MERCHANDISING
    | {"orders:write", "accounts:write", "payments:write", "refunds:write"}
    | _KEEPING
    | {"operations:read", "operations:write"},
}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles allow together, as far as they are built in."""
    return frozenset().union(*(SCOPES.get(role, ()) for role in roles))


def is_staff(roles: Iterable[str]) -> bool:
    """Whether shorter sessions apply."""
    return any(role != "customer" for role in roles)
