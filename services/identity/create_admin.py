"""Creates the first administrator, who makes the others: `python -m identity.create_admin --email ada@example.com`.

The password is read from standard input, so that it is in no list of processes and no shell history. For an address
that has an account it gives that account the role and leaves its password as it is. With `--json` it answers
{"email": ..., "new": whether the account, and so the password, is new}.
"""

from __future__ import annotations

import argparse
import json
import sys

from chassis import audit
from chassis.db import Database
from identity import audits, operating, rights, store
from identity.hashing import PasswordHasher
from identity.operating import AccountInput

ROLES = ["admin", "customer"]


async def create_admin(db: Database, hasher: PasswordHasher, new: AccountInput) -> bool:
    """Whether the account is new."""
    password_hash = await hasher.hash(new.password)
    async with db.write() as tx:
        await rights.lock_changes(tx)
        known = await store.credentials(tx, new.email)
        if known is None:
            account_id = (await store.insert_account(tx, new.email, new.name, password_hash, ROLES)).id
        else:
            account_id = known.id
            await store.add_role(tx, account_id, "admin")
            await rights.end_all_sessions(tx, account_id, "roles_changed")
        await audit.record(tx, "account.admin_created", audits.subject(account_id), after={"new": known is None})
    return known is None


async def _run(email: str, name: str | None, password: str) -> tuple[str, bool]:
    new = operating.checked(email, password, name)
    async with operating.opened("identity-admin") as (db, hasher):
        made = await create_admin(db, hasher, new)
    return new.email, made


def main() -> None:
    """Make the administrator and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    parser.add_argument("--name")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    email, made = operating.run(_run(arguments.email, arguments.name, sys.stdin.readline().rstrip("\n")))
    told = f"{email} is {'now an admin' if made else 'an admin; the password is the one it had'}."
    print(json.dumps({"email": email, "new": made}) if arguments.json else told)  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
