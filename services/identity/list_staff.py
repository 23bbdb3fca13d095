"""Lists the accounts with more than the customer's role, for a review of access: `python -m identity.list_staff`.

The last sign-in is that of the audit log, which goes back 400 days. That the list was read is recorded there, too.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from uuid import UUID

import msgspec

from chassis import audit
from chassis.db import Database
from identity import operating

MOST = 1000
_STAFF = """
select id, email, roles, status, created_at,
       (select occurred_at from audit_lines
        where actor_id = accounts.id and action = 'session.started' and outcome = 'success'
        order by audit_lines.id desc limit 1) as last_sign_in,
       (select count(*) from sessions
        where account_id = accounts.id and ended_at is null and now() < least(idle_until, absolute_until)) as sessions
from accounts where roles <> '{customer}' order by id limit $1
"""


class Member(msgspec.Struct, frozen=True):
    """An account with a role of staff. `sessions`: how many are live."""

    id: UUID
    email: str
    roles: list[str]
    status: str
    created_at: datetime
    last_sign_in: datetime | None
    sessions: int


async def staff(db: Database) -> list[Member]:
    """The oldest account first, and a line of the audit log about this reading.

    Raises:
        ValueError: there are more than MOST, so that the list would not be whole.
    """
    async with db.write() as tx:
        found = await tx.rows(Member, _STAFF, MOST + 1)
        if len(found) > MOST:
            raise ValueError(f"more than {MOST} accounts have a role of staff: ask the API for them, page by page")
        await audit.record(tx, "accounts.read", after={"accounts": [each.id for each in found]})
    return found


def text(found: list[Member]) -> str:
    """A table for a review."""
    head = "| e-mail | roles | status | since | last sign-in | live sessions |\n| --- | --- | --- | --- | --- | ---: |"
    rows = [
        f"| {each.email} | {', '.join(each.roles)} | {each.status} | {each.created_at:%Y-%m-%d} |"
        f" {f'{each.last_sign_in:%Y-%m-%d}' if each.last_sign_in else 'not in 400 days'} | {each.sessions} |"
        for each in found
    ]
    return "\n".join([head, *rows]) if found else "No account has more than the customer's role."


async def _run() -> list[Member]:
    async with operating.opened("identity-staff") as (db, _):
        return await staff(db)


def main() -> None:
    """Print the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = operating.run(_run())
    told = msgspec.json.encode(found).decode() if arguments.json else text(found)
    print(told)  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
