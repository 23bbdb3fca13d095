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
    reason: str  # why, in one word


class AccountEmailVerified(EventData, frozen=True):
    """It was proved that an account's address is its owner's: a link that was mailed to it was followed."""

    type: ClassVar[str] = "account.email_verified"
    account_id: UUID


class AccountRightsChanged(EventData, frozen=True):
    """What an account may do has changed: it has other roles, or a role allows something else, or it was locked."""

    type: ClassVar[str] = "account.rights_changed"
    account_id: UUID
    scopes: list[str]  # all that it may do now; none while it is locked


class AccountErased(EventData, frozen=True):
    """An account and all that was kept of its owner is deleted, but for orders without the person. Who keeps anything
    by this id, a program outside of the store included, deletes it.
    """

    type: ClassVar[str] = "account.erased"
    account_id: UUID
