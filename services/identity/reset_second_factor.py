"""Removes an account's second factor and ends its sessions: `python -m identity.reset_second_factor --email ...`.

For an operator, where a person has lost the application and the recovery codes, and no administrator can help. Be sure
who asks: from then on the password alone is enough. The account's address is told by mail, where the store sends mail.
"""

from __future__ import annotations

import argparse
import sys

from chassis.config import read_settings
from chassis.db import Database
from identity import operating, store
from identity.account_mails import Kind, tell_by_workers
from identity.second_factor import remove_factor
from identity.settings import IdentitySettings


async def reset_second_factor(db: Database, email: str, *, by_mail: bool) -> int | None:
    """How many sessions were ended; None where there is no such account, or it has no second factor. `by_mail`: the
    store sends mail, so the account's address is told.
    """
    async with db.write() as tx:
        known = await store.credentials(tx, email)
        if known is None or await store.lock_account(tx, known.id) is None:
            return None
        ended = await remove_factor(tx, known.id)
        if ended is not None and by_mail:
            await tell_by_workers(tx, Kind.FACTOR_REMOVED, email, known.id)
    return None if ended is None else len(ended)


async def _run(email: str) -> str:
    async with operating.opened("identity-second-factor") as (db, _):
        by_mail = bool(read_settings(IdentitySettings).smtp_url)
        ended = await reset_second_factor(db, email, by_mail=by_mail)
    if ended is None:
        sys.exit(f"There is no account {email} with a second factor.")
    return f"{email} signs in with the password alone; {ended} sessions have ended."


def main() -> None:
    """Remove it, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--email", required=True)
    print(operating.run(_run(operating.address(parser.parse_args().email))))  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
