"""Ends sessions for an operator, after a theft: `python -m identity.sign_out --email ada@example.com`.

`--everybody --yes` ends all that there are. Passwords and roles stay: who is to be kept out is locked, or gets another
password (identity.reset_password). Services refuse the tokens of ended sessions within seconds.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from chassis import audit
from chassis.db import Database
from identity import audits, operating, rights, store

AT_ONCE = 500
REASON = "operator"


async def sign_out(db: Database, email: str) -> int | None:
    """How many live sessions of this account were ended; None where there is no such account."""
    async with db.write() as tx:
        known = await store.credentials(tx, email)
        if known is None or await store.lock_account(tx, known.id) is None:
            return None
        live = len(await store.live_sessions(tx, known.id))
        await rights.end_all_sessions(tx, known.id, REASON)
        await audit.record(tx, "sessions.ended", audits.subject(known.id), after={"by": REASON, "ended": live})
    return live


async def end_all(db: Database, reason: str) -> int:
    """End every session that there is when it begins; how many. Where it ended half-way, run it again."""
    async with db.read() as reading:
        begun: datetime = await reading.value("select now()")
    ended, found = 0, AT_ONCE
    while found == AT_ONCE:
        async with db.write() as tx:
            ids = await store.sessions_from_before(tx, begun, AT_ONCE)
            ended += await store.end_sessions(tx, ids, reason)
        found = len(ids)
    return ended


async def sign_everybody_out(db: Database) -> int:
    """End every session, with a line of the audit log before and one after; how many."""
    async with db.write() as tx:
        await audit.record(tx, "sessions.ending", after={"by": REASON, "whose": "everybody"})
    ended = await end_all(db, REASON)
    async with db.write() as tx:
        await audit.record(tx, "sessions.ended", after={"by": REASON, "whose": "everybody", "ended": ended})
    return ended


async def _run(email: str | None) -> str:
    async with operating.opened("identity-sign-out") as (db, _):
        if email is None:
            return f"Everybody is signed out: {await sign_everybody_out(db)} sessions have ended."
        ended = await sign_out(db, email)
    if ended is None:
        sys.exit(f"There is no account {email}.")
    return f"{email} is signed out: {ended} sessions have ended."


def main() -> None:
    """End the sessions, and print how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--email")
    whose.add_argument("--everybody", action="store_true")
    parser.add_argument("--yes", action="store_true", help="with --everybody: say that you mean it")
    given = parser.parse_args()
    if given.everybody and not given.yes:
        sys.exit("Everybody has to sign in again. If you mean it, say --yes. Nothing was changed.")
    email = None if given.email is None else operating.address(given.email)
    print(operating.run(_run(email)))  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
