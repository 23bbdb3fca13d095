"""Attacks on a store of its own, by strangers, customers and former administrators: `make attack`."""

from __future__ import annotations

from types import ModuleType

from proofs.attack import (
    auditing,
    bodies,
    crowd,
    enumeration,
    erasures,
    exports,
    floods,
    forgery,
    guests,
    hoarding,
    lockout,
    notes,
    operating,
    pages,
    polyglots,
    programs,
    redelivery,
    resets,
    rights,
    sessions,
    smuggling,
    strangers,
    takeover,
    uploads,
    wording,
)
from proofs.attack.listening import SETTINGS as SETTINGS

ATTACKS: dict[str, ModuleType] = {
    "bodies": bodies,
    "smuggling": smuggling,
    "pages": pages,
    "forgery": forgery,
    "rights": rights,
    "uploads": uploads,
    "polyglots": polyglots,
    "floods": floods,
    "strangers": strangers,
    "lockout": lockout,
    "sessions": sessions,
    "enumeration": enumeration,
    "resets": resets,
    "takeover": takeover,
    "programs": programs,
    "exports": exports,
    "guests": guests,
    "erasures": erasures,
    "notes": notes,
    "wording": wording,
    "auditing": auditing,
    "operating": operating,
    "redelivery": redelivery,
    "hoarding": hoarding,
    "crowd": crowd,
}
