"""What the restore drill shows of erasures: nothing of an erased person is left, whenever they were erased.

All are planted before the base backup. Some are erased before the restored moment and stay so. Others are erased after
it, so they are back, and an operator has them erased again, of whom the log tells (docs/kubernetes/recovery.md).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from deploy.drills import objects
from deploy.drills.archived import Archive
from proofs.erasure import places
from proofs.erasure.again import erase_again, logged
from proofs.erasure.planted import Planted, left, planted
from proofs.staff import Staff, staff_of
from proofs.store import ProofStore


@dataclass
class People:
    """`earlier` are erased before the moment that is restored, `later` after it."""

    staff: Staff
    earlier: Planted
    later: Planted
    complaints: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What must be found nowhere at the end."""
        return [*self.earlier.words, *self.later.words]


@asynccontextmanager
async def planted_people(store: ProofStore) -> AsyncIterator[People]:
    """Two customers and two guests, whose orders have ended."""
    async with staff_of(store) as staff, planted(store, staff) as earlier, planted(store, staff) as later:
        yield People(staff, earlier, later)


async def again(store: ProofStore, people: People, moment: datetime, *, skipped: bool) -> list[str]:
    """The operator's step after the restore, unless it is left out; complaints."""
    still = (await places.search(store, people.earlier.words)).unsealed
    complaints = [f"{table} has who was erased before the restored moment: {row}" for table, row in still.items()]
    back = (await places.search(store, people.later.words)).unsealed
    if not {"identity.accounts", "orders.orders"} <= back.keys():
        complaints.append("who was erased after the restored moment is not in the restored databases: nothing is shown")
    known, began = logged(store.store.logs, since=moment), time.monotonic()
    complaints += known.lacks(people.later.account_id, people.later.orders)
    if not skipped:
        await erase_again(store, people.staff, known, people.later)
    print(f"Erasures: the restored databases had words of 2 erased people in {len(back)} tables;", end=" ")
    taken = "they were not erased again" if skipped else f"erased again in {time.monotonic() - began:.1f} s"
    print(
        f"{taken}, by {len(known.accounts)} lines about accounts and {len(known.orders)} orders of the log.", flush=True
    )
    return complaints


async def words_left(store: ProofStore, archive: Archive, people: People) -> list[str]:
    """Complaints: something of them is left; backups are to be read by nobody, and end by themselves."""
    found = await left(store, people.words)
    found += [f"the bucket of pictures has it: {key}" for key in _pictures_with(archive, people.words)]
    found += [f"the log of PostgreSQL has it: {word}" for word in people.words if word in archive.log.read_text()]
    done = await places.search(store, people.words)
    print(f"Erasures: {done.rows} rows of {done.tables} tables were searched, and Valkey, pictures and logs,", end=" ")
    print(f"for {len(people.words)} words of 4 erased people: found in {len(found)} places.", flush=True)
    return people.complaints + found


def _pictures_with(archive: Archive, words: list[str]) -> list[str]:
    needles, found = [word.encode() for word in words], list[str]()
    for key in archive.objects.keys(objects.MEDIA):
        content = archive.objects.client.get_object(Bucket=objects.MEDIA, Key=key)["Body"].read()
        if any(needle in part for needle in needles for part in (key.encode(), content)):
            found.append(key)
    return found
