"""The secret in the link that confirms an address: `<registration>.<signature>`, under a key outside the database."""

from __future__ import annotations

import hmac
import re
from uuid import UUID

from identity.domain.signing import signature

PATTERN = r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$"
_FORM = re.compile(PATTERN)


def make(key: bytes, registration_id: UUID) -> str:
    """The registration's token: always the same one."""
    return f"{registration_id.hex}.{signature(key, registration_id.hex)}"


def parse(key: bytes, token: str) -> UUID | None:
    """The registration, or None where the token is not genuine."""
    if _FORM.fullmatch(token) is None:
        return None
    registration_id = UUID(token[:32])
    return registration_id if hmac.compare_digest(make(key, registration_id), token) else None
