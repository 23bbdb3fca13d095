"""The token in a mailed link: `<id>.<signature>`, under a key outside the database, so that it need not be stored.

The id is that of a registration, of a mail about an account or of an invitation: each has a key of its own.
"""

from __future__ import annotations

import hmac
import re
from uuid import UUID

from identity.domain.signing import signature

PATTERN = r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$"
_FORM = re.compile(PATTERN)


def make(key: bytes, link_id: UUID) -> str:
    """The token of a link: always the same one."""
    return f"{link_id.hex}.{signature(key, link_id.hex)}"


def parse(key: bytes, token: str) -> UUID | None:
    """The id, or None where the token is not genuine."""
    if _FORM.fullmatch(token) is None:
        return None
    link_id = UUID(token[:32])
    return link_id if hmac.compare_digest(make(key, link_id), token) else None
