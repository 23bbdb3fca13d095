"""Roles, and the scopes that they give."""

from __future__ import annotations

from collections.abc import Iterable

_READING = frozenset({"orders:read", "accounts:read", "payments:read", "catalog:read"})
_MERCHANDISING = frozenset({"catalog:read", "catalog:write", "stock:write"})

SCOPES: dict[str, frozenset[str]] = {
    "customer": frozenset(),
    "support": _READING,
    "merchandiser": _MERCHANDISING,
    # The synthetic shopper: only an operator's command gives it. It finds its article, a draft, and buys that alone.
    "probe": frozenset({"catalog:read", "shop:probe"}),
    "admin": _READING | _MERCHANDISING | {"orders:write", "accounts:write"},
}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles allow together."""
    return frozenset().union(*(SCOPES[role] for role in roles))


def is_staff(roles: Iterable[str]) -> bool:
    """Whether shorter sessions apply."""
    return any(role != "customer" for role in roles)
