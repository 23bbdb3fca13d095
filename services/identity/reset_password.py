"""Gives an account a new password, ends its sessions and makes its device cookies invalid.

    python -m identity.reset_password --email ada@example.com

For an operator, where a person has lost theirs. The password is read from standard input, so that it is in no
list of processes and no shell history.
"""

from __future__ import annotations

import argparse
import sys

from chassis import audit
from chassis.db import Database
from identity import audits, operating, rights, store
from identity.hashing import PasswordHasher

_SET = """
update accounts set password_hash = $2, session_version = session_version + 1, device_epoch = device_epoch + 1
where id = $1
"""


async def reset_password(db: Database, hasher: PasswordHasher, email: str, password: str) -> int | None:
    """How many live sessions were ended; None where there is no such account."""
    password_hash = await hasher.hash(password)
    async with db.write() as tx:
        known = await store.credentials(tx, email)
        if known is None or await store.lock_account(tx, known.id) is None:
            return None
        await tx.execute(_SET, known.id, password_hash)
        ended = len(await store.live_sessions(tx, known.id))
        await rights.end_all_sessions(tx, known.id, "password_reset")
        after = {"by": "operator", "ended": ended}
        await audit.record(tx, "account.password_reset", audits.subject(known.id), after=after)
    return ended


async def _run(email: str, password: str) -> str:
    new = operating.checked(email, password)
    async with operating.opened("identity-reset") as (db, hasher):
        ended = await reset_password(db, hasher, new.email, new.password)
    if ended is None:
        sys.exit(f"There is no account {new.email}.")
    return f"{new.email} has a new password; {ended} sessions have ended."


def main() -> None:
    """Set the password from standard input, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    arguments = parser.parse_args()
    print(operating.run(_run(arguments.email, sys.stdin.readline().rstrip("\n"))))  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
