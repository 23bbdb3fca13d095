"""Attacks on a store of its own, by strangers, customers and former administrators: `make attack`."""

from __future__ import annotations

from types import ModuleType

from proofs.attack import bodies, crowd, hoarding, lockout, pages, sessions, strangers

ATTACKS: dict[str, ModuleType] = {
    "bodies": bodies,
    "pages": pages,
    "strangers": strangers,
    "lockout": lockout,
    "sessions": sessions,
    "hoarding": hoarding,
    "crowd": crowd,
}
