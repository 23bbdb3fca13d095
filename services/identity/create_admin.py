"""Makes the first admin, who makes the others: `python -m identity.create_admin --email ada@example.com`.

The password comes on standard input, so that it is in no list of processes and no shell history. Repeating it for an
address that has an account gives that account the role and leaves its password as it is. With `--json` it answers
{"email": ..., "new": whether the account, and so the password, is new}.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

import asyncpg
from pydantic import ValidationError

from chassis import audit
from chassis.db import UNREACHABLE, Database
from chassis.settings import WrongSettings, read_settings
from identity import audits, rights, store
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.schemas import SignUp
from identity.settings import IdentitySettings

ROLES = ["admin", "customer"]


async def create_admin(db: Database, hasher: PasswordHasher, wish: SignUp) -> bool:
    """Whether the account is new."""
    password_hash = await hasher.hash(wish.password)
    async with db.write() as tx:
        await rights.lock_changes(tx)
        known = await store.credentials(tx, wish.email)
        if known is None:
            account_id = (await store.insert_account(tx, wish.email, wish.name, password_hash, ROLES)).id
        else:
            account_id = known.id
            await store.add_role(tx, account_id, "admin")
            await rights.end_all_sessions(tx, account_id, "roles_changed")
        await audit.record(tx, "account.admin_created", audits.subject(account_id), after={"new": known is None})
    return known is None


async def _run(email: str, name: str | None, password: str) -> tuple[str, bool]:
    try:
        wish = SignUp(email=email, name=name, password=password)
    except ValidationError as wrong:
        sys.exit("; ".join(f"{error['loc'][0]}: {error['msg']}" for error in wrong.errors()))
    reason = weakness(wish.password, wish.email)
    if reason is not None:
        sys.exit(f"password: {reason}")
    settings = read_settings(IdentitySettings)
    db = Database(settings.database_url.get_secret_value(), name="identity-admin", size=1)
    await db.connect()
    hasher = PasswordHasher(memory_kib=settings.argon2_memory_kib, time_cost=settings.argon2_time_cost, queue=1)
    try:
        made = await create_admin(db, hasher, wish)
    finally:
        hasher.close()
        await db.close()
    return wish.email, made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    parser.add_argument("--name")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        email, made = asyncio.run(_run(arguments.email, arguments.name, sys.stdin.readline().rstrip("\n")))
    except UNREACHABLE as error:
        sys.exit(f"The database of identity does not answer. Try again when it does. ({error})")
    except (WrongSettings, OSError, asyncpg.PostgresError) as error:
        sys.exit(str(error))
    told = f"{email} is {'now an admin' if made else 'an admin; the password is the one it had'}."
    print(json.dumps({"email": email, "new": made}) if arguments.json else told)  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
