"""SQL of the list of accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx
from identity import store
from identity.store import Account

# Only what is asked for stands in the statement, so that each finds its index.
_CONDITIONS = {
    "before": "id < {0}::uuid",
    "email": "email = {0}::text",
    # A text without a letter or digit finds nothing, for it has no word.
    "text": "cardinality(account_words({0}::text, null)) > 0"
    " and account_words(email, name) @> account_words({0}::text, null)",
    "group": "exists (select from account_group_members where group_id = {0}::uuid and account_id = accounts.id)",
}
_STAFF = "roles <> '{customer}'"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts; all that is given must hold. `before`: where the page before ended."""

    before: UUID | None = None
    email: str | None = None
    text: str | None = None
    group: UUID | None = None
    staff: bool = False


async def page(tx: ReadTx, wanted: Wanted, limit: int) -> list[Account]:
    """Newest first."""
    arguments: list[Any] = []
    conditions = [_STAFF] if wanted.staff else []
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            arguments.append(value)
            conditions.append(condition.format(f"${len(arguments)}"))
    where = f"where {' and '.join(conditions)} " if conditions else ""
    sql = f"select {store.ACCOUNT} from accounts {where}order by id desc limit ${len(arguments) + 1}"
    return await tx.rows_planned(Account, sql, *arguments, limit)
