"""The command `audit-chain`: whether the audit log of a service is as it was written.

Each line has a place with a hash of it and of the place before. The hashes are computed here, not by the database. A
service logs its newest place each hour as `audit.chained`: `--head PLACE:HASH` compares one of these, which whoever
owns the database cannot change.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from datetime import datetime
from itertools import pairwise

import msgspec

from chassis.db import Database
from chassis.ops.outcome import DONE, NOTHING, CannotRun, Outcome

_AT_ONCE = 5_000
# So many faults are told.
MOST = 20
HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
# That of the function `audit_line_text`, which could be another one by now.
TEXT = """
jsonb_build_array(
    line.id, extract(epoch from line.occurred_at), line.action, line.outcome, line.object, line.actor_id,
    line.roles, line.session_id, line.ip, line.agent_hash, line.request_id, line.before, line.after
)::text
"""
PLACES = f"""
select position, chain.hash, (
    select {TEXT} from audit_lines line where line.id = chain.line_id
) as text,
    -- A line is as old as its id: those that are older than the chain were all chained on one day.
    uuid_extract_timestamp(line_id) < now() - interval '399 days' as line_may_be_gone,
    chained_at < now() - interval '399 days' as may_be_first
from audit_chain chain where position >= $1 order by position limit $2
"""
_UNCHAINED = """
select count(*) as lines, min(occurred_at) as oldest from audit_lines lines
where occurred_at < now() - interval '1 hour' and occurred_at > now() - interval '399 days'
  and not exists (select from audit_chain where line_id = lines.id)
"""


class Place(msgspec.Struct, frozen=True):
    """A place of the chain, and its line as text; none where the line is gone."""

    position: int
    hash: bytes
    text: str | None
    line_may_be_gone: bool
    may_be_first: bool


class Unchained(msgspec.Struct, frozen=True):
    """Lines that should have been chained long ago."""

    lines: int
    oldest: datetime | None


def add_options(words: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_argument("--head", metavar="PLACE:HASH", help="a place that the service's log told: it has this hash")


async def verify(db: Database, given: argparse.Namespace) -> Outcome:
    """Read the whole chain, a part at a time.

    Raises:
        CannotRun: --head has another form.
    """
    head = HEAD.fullmatch(given.head) if given.head else None
    if given.head and head is None:
        raise CannotRun("--head is a place and a hash of 64 digits, as in 1200:ab12...")
    faults, last, told = await _chain(db, (int(head[1]), bytes.fromhex(head[2])) if head else None)
    async with db.report() as tx:
        unchained = await tx.row(Unchained, _UNCHAINED)
    faults += overdue(unchained)
    place, text = (0, "none") if last is None else (last.position, last.hash.hex())
    fields = {"wrong": faults[:MOST], "places": told, "head": f"{place}:{text}"}
    right = f"The audit log is as it was written: {told} lines. Its newest place is {place}:{text}"
    return Outcome(NOTHING if faults else DONE, fields, "\n".join(faults[:MOST]) or right)


async def _chain(db: Database, head: tuple[int, bytes] | None) -> tuple[list[str], Place | None, int]:
    """Faults, the newest place, and how many there are."""
    faults: list[str] = []
    before: Place | None = None
    seen, next_position, found_head = 0, 1, head is None
    while True:
        async with db.report() as tx:
            places = await tx.rows(Place, PLACES, next_position, _AT_ONCE)
        for earlier, place in pairwise([before, *places]):
            assert place is not None  # noqa: S101 -- only the first one may be none
            faults += faults_of(earlier, place)
            found_head = found_head or head == (place.position, place.hash)
        seen += len(places)
        if len(places) < _AT_ONCE:
            break
        before, next_position = places[-1], places[-1].position + 1
    if head is not None and not found_head:
        faults.append(f"place {head[0]} has another hash than the log told, or is gone")
    return faults, places[-1] if places else before, seen


def overdue(found: Unchained | None) -> list[str]:
    """What is wrong about lines that have no place."""
    if found is None or not found.lines:
        return []
    return [f"{found.lines} lines older than an hour are not chained, the oldest of {found.oldest}"]


def faults_of(before: Place | None, place: Place) -> list[str]:
    """What is wrong with a place, by the one before.

    The oldest that is kept has none before it: its hash is taken as it is, if those could be deleted for their age.
    """
    if before is not None and place.position != before.position + 1:
        return [f"places {before.position + 1} to {place.position - 1} are gone"]
    if before is None and place.position > 1:
        return [] if place.may_be_first else [f"places 1 to {place.position - 1} are gone"]
    if place.text is None:
        return [] if place.line_may_be_gone else [f"the line of place {place.position} is gone"]
    hashed = hashlib.sha256((before.hash if before else b"") + place.text.encode()).digest()
    return [] if hashed == place.hash else [f"the line of place {place.position} is not as it was written"]
