"""Gives an account a new password and ends its sessions: `python -m identity.reset_password --email ada@example.com`.

For an operator, in place of somebody who has lost theirs. The password comes on standard input, so that it is in no
list of processes and no shell history.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import asyncpg
from pydantic import ValidationError

from chassis.db import UNREACHABLE, Database
from chassis.settings import WrongSettings, read_settings
from identity import rights, store
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.schemas import SignUp
from identity.settings import IdentitySettings

# Of the reasons that a session can have ended for, the one that says: not by its own sign-out.
_REASON = "signed_out_elsewhere"


async def reset_password(db: Database, hasher: PasswordHasher, email: str, password: str) -> int | None:
    """How many live sessions were ended; None where there is no such account."""
    password_hash = await hasher.hash(password)
    async with db.write() as tx:
        known = await store.credentials(tx, email)
        if known is None or await store.lock_account(tx, known.id) is None:
            return None
        sql = "update accounts set password_hash = $2, session_version = session_version + 1 where id = $1"
        await tx.execute(sql, known.id, password_hash)
        ended = len(await store.live_sessions(tx, known.id))
        await rights.end_all_sessions(tx, known.id, _REASON)
        await store.audit(
            tx, "account.password_reset", "success", account_id=known.id, details={"by": "operator", "ended": ended}
        )
    return ended


async def _run(email: str, password: str) -> str:
    try:
        wish = SignUp(email=email, password=password)
    except ValidationError as wrong:
        sys.exit("; ".join(f"{error['loc'][0]}: {error['msg']}" for error in wrong.errors()))
    reason = weakness(wish.password, wish.email)
    if reason is not None:
        sys.exit(f"password: {reason}")
    settings = read_settings(IdentitySettings)
    db = Database(settings.database_url.get_secret_value(), name="identity-reset", size=1)
    await db.connect()
    hasher = PasswordHasher(memory_kib=settings.argon2_memory_kib, time_cost=settings.argon2_time_cost, queue=1)
    try:
        ended = await reset_password(db, hasher, wish.email, wish.password)
    finally:
        hasher.close()
        await db.close()
    if ended is None:
        sys.exit(f"There is no account {wish.email}.")
    return f"{wish.email} has a new password; {ended} sessions have ended."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    arguments = parser.parse_args()
    try:
        print(asyncio.run(_run(arguments.email, sys.stdin.readline().rstrip("\n"))))  # noqa: T201 -- a command's answer
    except UNREACHABLE as error:
        sys.exit(f"The database of identity does not answer. Try again when it does. ({error})")
    except (WrongSettings, OSError, asyncpg.PostgresError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
