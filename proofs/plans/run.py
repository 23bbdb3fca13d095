"""Asks every operation of the API of a store with many rows, runs all its periodic work, and reads the plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from proofs import examples
from proofs.plans import books, filling
from proofs.plans.reading import Scan, read
from proofs.store import ProofStore
from proofs.waiting import eventually

# So many statements, and checks of the books, are named that took longest.
SHOWN = 10
ACCEPTED = Path(__file__).parent / "accepted.yaml"
# All periodic work of a service is due, and has run since.
_DUE = "with due as (update job_schedule set next_at = now() returning 1) select now() from due limit 1"
_RAN = "select not exists (select from job_schedule where ended_at is null or ended_at < $1)"


class Size(NamedTuple):
    """How many products and orders there are; other tables follow."""

    products: int
    orders: int


class AcceptedScan(msgspec.Struct, forbid_unknown_fields=True):
    """A statement that may read a whole table, of a service or `all`, where there are so many orders; `statement` is a
    part of it.
    """

    service: str
    table: str
    statement: str
    why: str
    orders: int = 0


class Accepted(msgspec.Struct, forbid_unknown_fields=True):
    """The file accepted.yaml: small tables with their reasons, by service (`all`: in each), and scans."""

    small: dict[str, dict[str, str]]
    scans: list[AcceptedScan]


async def plan(store: ProofStore, size: Size) -> list[str]:
    """Fill, ask and read; returns complaints: tables that are not large, and statements that read a whole one."""
    accepted = msgspec.convert(yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")), Accepted)
    large = await filling.fill(store, *size)
    complaints = [*_not_filled(await filling.tables(store), large, accepted)]
    complaints += await books.measure(store, SHOWN)
    await filling.log_plans(store)
    began = {service: await store.value(service, _DUE) for service in large}
    await store.mercat("restart")
    for service, moment in began.items():
        await eventually(partial(store.value, service, _RAN, moment), 600, f"the periodic work of {service}")
    print("  all periodic work has run", flush=True)
    complaints += await examples.prove(store)
    with filling.log_file(store).open(encoding="utf-8") as log:
        found = read(log, large)
    for seconds, database, statement in found.slowest(SHOWN):
        print(f"  {seconds:.2f} s, {database}: {statement[:120]}", flush=True)
    complaints += [f"{database}: was cancelled: {statement[:600]}" for database, statement in sorted(found.cancelled)]
    here = [each for each in accepted.scans if each.orders <= size.orders]
    return [*complaints, *_unaccepted(found.scans, here)]


def _not_filled(tables: Mapping[str, set[str]], large: Mapping[str, set[str]], accepted: Accepted) -> Sequence[str]:
    everywhere = accepted.small.get("all", {})
    said = []
    for service, names in tables.items():
        small = everywhere | accepted.small.get(service, {})
        said += [
            f"{service}: {name} has few rows: fill it, or say why it is small"
            for name in sorted(names - large[service] - set(small))
        ]
        said += [f"{service}: {name} is no small table" for name in sorted(set(small) & large[service])]
        said += [
            f"{service}: there is no table {name}" for name in sorted(set(accepted.small.get(service, {})) - names)
        ]
    return said


def _unaccepted(found: set[Scan], accepted: Sequence[AcceptedScan]) -> list[str]:
    left, used = [], set[int]()
    for scan in sorted(found):
        fits = [
            number
            for number, each in enumerate(accepted)
            if each.service in {scan.database, "all"} and each.table == scan.table and each.statement in scan.statement
        ]
        used.update(fits)
        if not fits:
            how = f"by {scan.by}" if scan.by else "row by row"
            left.append(f"{scan.database}: all of {scan.table} is read {how}: {scan.statement[:600]}")
    gone = [each.statement for number, each in enumerate(accepted) if number not in used]
    return [*left, *(f"no statement reads a whole table any more: {statement}" for statement in gone)]
