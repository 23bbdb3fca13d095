"""Facts that identity publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from chassis.outbox import EventData


class AccountRegistered(EventData, frozen=True):
    """Somebody has an account now. It holds no address and no name."""

    type: ClassVar[str] = "account.registered"
    account_id: UUID


class SessionEnded(EventData, frozen=True):
    """A session's tokens are not to be taken any more."""

    type: ClassVar[str] = "session.ended"
    session_id: UUID
    account_id: UUID
    reason: str
