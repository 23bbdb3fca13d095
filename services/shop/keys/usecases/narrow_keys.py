"""Take from API keys what the person who made them may not do any more."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.inbox import Consumer
from chassis.outbox import Event, EventData
from shop.context import ShopContext
from shop.keys import store


class AccountRightsChanged(EventData, frozen=True):
    """The fields of identity's event that are used here."""

    type: ClassVar[str] = "account.rights_changed"
    account_id: UUID
    scopes: list[str]


async def narrow_keys(_ctx: ShopContext, tx: WriteTx, _event: Event, data: AccountRightsChanged) -> None:
    """A key never gets a right back; one without any right left ends.

    Identity tells before this that the sessions of before ended: who makes a key waits for the lock, and looks then.
    """
    await store.lock(tx)
    for key in await store.narrow(tx, data.account_id, data.scopes):
        was, thing = {"scopes": key.before}, f"api_key:{key.id}"
        if key.kept:
            await audit.record(tx, "api_key.narrowed", thing, before=was, after={"scopes": key.kept})
        else:
            await audit.record(tx, "api_key.ended", thing, before=was, after={"reason": "maker lost rights"})


def narrowed_by(identity: Consumer) -> Consumer:
    """The consumer of identity's events, which narrows keys, too."""
    identity.on(AccountRightsChanged)(narrow_keys)
    return identity
