"""The command `audit`: what a session, an account or an address did, from the audit log of one service.

The reading is a line of that log, too, written in the transaction that reads: what was asked for, how much was shown.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from uuid import UUID

import asyncpg
import msgspec

from chassis import audit
from chassis.db import Database
from chassis.ops.audit_lines import FIRST_YEAR, LAST_YEAR, AuditLine, Wanted, search
from chassis.ops.outcome import DONE, NOTHING, CannotRun, Outcome

MOST, USUAL = 5_000, 500
_LONGEST_CASE = 100
_SHOWN = 300


def add_options(words: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_argument("--account", type=UUID, metavar="ID", help="what this person did, and what was done to them")
    words.add_argument("--session", type=UUID, metavar="ID", help="what was done within this session")
    words.add_argument("--ip", type=_network, metavar="NET", help="from this address or network: 203.0.113.0/24")
    words.add_argument("--object", metavar="THING", help="what was done to it: order:ID, variant:SKU, product:SLUG")
    words.add_argument("--since", type=moment, metavar="TIME", help="such as 2026-11-28T12:00:00Z; default: all")
    words.add_argument("--until", type=moment, metavar="TIME", help="what was before it; default: now")
    words.add_argument("--limit", type=_limit, default=USUAL, help=f"the newest so many ({USUAL}, {MOST} at most)")
    words.add_argument(
        "--case", type=_case, metavar="NAME", help="why it is read: kept with the record of this reading"
    )


def moment(text: str) -> datetime:
    """A time that says its zone, of a year with which can be reckoned.

    Raises:
        ArgumentTypeError: it is none; of any other error argparse would not show the words.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"{text!r}: a time with its zone, of a year from {FIRST_YEAR} to {LAST_YEAR}: 2026-11-28T12:00:00Z"
        )
    return read


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: 203.0.113.7 and 203.0.113.0/24 would do") from None


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r}: a number from 1 to {MOST}")
    return int(text)


def _case(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST_CASE:
        raise argparse.ArgumentTypeError(f"a name of 1 to {_LONGEST_CASE} characters")
    return text


async def show(db: Database, given: argparse.Namespace) -> Outcome:
    """The lines, the oldest first; the newest where there are more than the limit.

    Raises:
        CannotRun: nothing was asked for, or the search took too long.
    """
    wanted = Wanted(
        account=given.account,
        session=given.session,
        ip=None if given.ip is None else str(given.ip),
        object=given.object,
        since=given.since,
        until=given.until,
    )
    asked = wanted.told()
    if not asked:
        raise CannotRun("Say what to look for: --account, --session, --ip, --object, --since or --until.")
    try:
        async with db.write() as tx:
            found = await search(tx, wanted, given.limit + 1)
            shown, more = found[: given.limit], len(found) > given.limit
            case = {} if given.case is None else {"case": given.case}
            await audit.record(tx, "audit.read", after={"asked": asked, "lines": len(shown), **case})
    except asyncpg.QueryCanceledError as error:
        raise CannotRun("It took too long: ask for a shorter time by --since and --until.") from error
    shown.reverse()
    texts = [text(line) for line in shown]
    if more:
        texts.insert(0, f"There are more before {_time(shown[0].occurred_at)}: --until it, or a higher --limit.")
    fields = {"lines": msgspec.to_builtins(shown), "more": more}
    return Outcome(DONE if shown else NOTHING, fields, "\n".join(texts) or "There are no such lines.")


def text(line: AuditLine) -> str:
    """A line for a person."""
    who = {"by": line.actor_id, "session": line.session_id, "from": line.ip, "request": line.request_id}
    said = [f"{name}={value}" for name, value in who.items() if value is not None]
    said += [f"{name}={_short(value)}" for name, value in (("before", line.before), ("after", line.after)) if value]
    return "  ".join([_time(line.occurred_at), line.action, line.outcome, line.object or "-", *said])


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _short(value: object) -> str:
    whole = msgspec.json.encode(value).decode()
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}..."
