"""Erases accounts again after a restore: `python -m identity.erase_again --yes FILE`, or `-` for standard input.

Where identity's own database went back to before an erasure, it knows nothing of it. FILE has the id of an account in
each line, whatever else stands there: lines of the log of `account.erased` since that moment, or what `--list SINCE` of
the database that is to be replaced has printed. The erasure begins within a minute, without the days to undo it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from chassis import audit
from chassis.db import Database
from identity import audits, operating
from identity.privacy import done_since, insert_due

AT_ONCE = 500
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_FIRST = UUID(int=0)


def ids_in(lines: Iterable[str]) -> list[UUID]:
    """The first id of each line that has one, each once, in this order."""
    found = (_ID.search(line.lower()) for line in lines)
    return list(dict.fromkeys(UUID(each[0]) for each in found if each))


async def erase_again(db: Database, account_ids: list[UUID]) -> int:
    """Have them erased; how many. Where it ended half-way, run it again."""
    for at in range(0, len(account_ids), AT_ONCE):
        async with db.write() as tx:
            for account_id in sorted(account_ids[at : at + AT_ONCE]):
                await insert_due(tx, account_id)
                await audit.record(tx, "account.erasure_repeated", audits.subject(account_id))
    return len(account_ids)


async def listed(db: Database, since: datetime) -> list[UUID]:
    """The accounts whose erasure began since then."""
    found: list[UUID] = []
    after = _FIRST
    while True:
        async with db.read() as tx:
            page = await done_since(tx, since, after, AT_ONCE)
        found += [each.account_id for each in page]
        if len(page) < AT_ONCE:
            return found
        after = page[-1].id


def _ids(name: str) -> list[UUID]:
    try:
        with nullcontext(sys.stdin) if name == "-" else Path(name).open(encoding="utf-8") as lines:
            return ids_in(lines)
    except (OSError, UnicodeDecodeError) as unreadable:
        sys.exit(f"{name} cannot be read: {unreadable}. Nothing was changed.")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _run(account_ids: list[UUID]) -> str:
    async with operating.opened("identity-erase-again") as (db, _):
        return f"{await erase_again(db, account_ids)} accounts are erased again, in every service."


async def _list(since: datetime) -> str:
    async with operating.opened("identity-erase-again") as (db, _):
        return "\n".join(str(each) for each in await listed(db, since))


def main() -> None:
    """Erase them again, or list them."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", help="with the ids of accounts; - for standard input")
    what.add_argument("--list", metavar="SINCE", type=_moment, help="print those erased since (ISO 8601)")
    parser.add_argument("--yes", action="store_true", help="say that you mean it")
    given = parser.parse_args()
    if given.list is not None:
        print(operating.run(_list(given.list)))  # noqa: T201 -- a command's answer
        return
    account_ids = _ids(given.file)
    if not given.yes:
        sys.exit(f"{len(account_ids)} accounts would be erased. If you mean it, say --yes. Nothing was changed.")
    print(operating.run(_run(account_ids)))  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
