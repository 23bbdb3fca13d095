"""List accounts, or show one with its groups. Each reading is a line of the audit log."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from identity import audits, store
from identity.context import IdentityContext
from identity.customers.store import accounts, groups
from identity.customers.store.accounts import Wanted
from identity.customers.store.groups import Group
from identity.store import Account


async def list_accounts(ctx: IdentityContext, wanted: Wanted, limit: int) -> tuple[list[Account], bool]:
    """At most so many, the newest first, and whether there are more."""
    async with ctx.db.read() as tx:
        found = await accounts.page(tx, wanted, limit + 1)
    shown = found[:limit]
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "accounts.read", after={"accounts": [account.id for account in shown]})
    return shown, len(found) > limit


async def read_account(ctx: IdentityContext, account_id: UUID) -> tuple[Account, list[Group]]:
    """The account and its groups.

    Raises:
        NotFound: there is no such account.
    """
    async with ctx.db.write() as tx:
        account = await store.account(tx, account_id)
        if account is None:
            raise NotFound("There is no such account.")
        found = await groups.of_account(tx, account_id)
        await audit.record(tx, "account.read", audits.subject(account_id))
    return account, found
