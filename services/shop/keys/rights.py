"""Which rights an API key may have."""

from __future__ import annotations

from chassis.auth import GRANTABLE

# Who holds a key is no person: it neither makes keys nor gives rights to people.
_FOR_PEOPLE = {"accounts:write", "keys:write"}
FOR_KEYS = GRANTABLE - _FOR_PEOPLE
