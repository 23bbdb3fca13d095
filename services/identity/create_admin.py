"""Creates the first administrator, who makes the others: `python -m identity.create_admin --email ada@example.com`.

With `--probe` it creates the account of the synthetic shopper (orders.probe): no administrator can give that role.

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

ROLES = {"admin": ["admin", "customer"], "probe": ["customer", "probe"]}


async def create_admin(db: Database, hasher: PasswordHasher, new: AccountInput, role: str = "admin") -> bool | None:
    """Whether the account is new; None where somebody has it, whose orders must not become a probe's."""
    password_hash = await hasher.hash(new.password)
    async with db.write() as tx:
        await rights.lock_changes(tx)
        known = await store.credentials(tx, new.email)
        if known is None:
            account_id = (await store.insert_account(tx, new.email, new.name, password_hash, ROLES[role])).id
        elif role == "probe":
            return None
        else:
            account_id = known.id
            await store.add_role(tx, account_id, "admin")
            await rights.end_all_sessions(tx, account_id, "roles_changed")
            await rights.tell_changed(tx, [account_id])
        await audit.record(tx, f"account.{role}_created", audits.subject(account_id), after={"new": known is None})
    return known is None


async def _run(email: str, name: str | None, password: str, role: str) -> tuple[str, bool | None]:
    new = operating.checked(email, password, name)
    async with operating.opened("identity-admin") as (db, hasher):
        made = await create_admin(db, hasher, new, role)
    return new.email, made


def main() -> None:
    """Make the administrator and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    parser.add_argument("--name")
    parser.add_argument("--probe", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    role, password = "probe" if arguments.probe else "admin", sys.stdin.readline().rstrip("\n")
    email, made = operating.run(_run(arguments.email, arguments.name, password, role))
    if made is None:
        sys.exit(f"{email} has an account already: give the probe an address of its own.")
    outcome = f"now the {role}" if arguments.probe else "now an admin"
    told = f"{email} is {outcome if made else 'an admin; the password is the one it had'}."
    print(json.dumps({"email": email, "new": made}) if arguments.json else told)  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
