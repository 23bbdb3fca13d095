"""Rows of runs, and the conditional writes by which each part of a file is done once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from catalog.importing import COUNTS, ImportResult, ProductDraft, RowProblem
from chassis.db import ReadTx, WriteTx

RUN = "catalog.run_import"
# Findings of one run that are kept; the others are counted.
MOST_FINDINGS = 20_000
_COUNTS = ", ".join(f"r.{name}" for name in COUNTS)
_COLUMNS = f"""
r.id, r.file_id, f.name as file_name, f.encoding as file_encoding, r.dry_run, r.options::text as options, r.state,
r.rows, r.products, r.products_done, r.last_slug, {_COUNTS}, r.rows_refused, r.rows_changed, r.notices,
r.error, r.account_id, r.created_at, r.started_at, r.finished_at
"""
_FROM = f"select {_COLUMNS} from import_runs r join import_files f on f.id = r.file_id"  # nosec B608 -- constants
_RUN = f"{_FROM} where r.id = $1"
_RUNS = f"{_FROM} where ($1::uuid is null or r.id < $1) order by r.id desc limit $2"
_ADD = """
insert into import_runs (id, file_id, dry_run, options, account_id)
select $1, id, $3, $4::text::jsonb, $5 from import_files where id = $2 for key share
on conflict (id) do nothing
"""
_START = """
update import_runs set state = 'running', started_at = coalesce(started_at, statement_timestamp())
where id = $1 and state in ('waiting', 'running')
"""
_CONTENT = "select f.content from import_files f join import_runs r on r.file_id = f.id where r.id = $1"
_READ = """
update import_runs set rows = $2, products = $3 where id = $1 and state = 'running' and products is null
"""
_ADVANCE = """
update import_runs set products_done = $3, products = greatest(products, $3), last_slug = $4
where id = $1 and state = 'running' and products is not null and products_done = $2
"""
_COUNT = f"""
update import_runs set {", ".join(f"{name} = {name} + ${place}" for place, name in enumerate(COUNTS, 5))},
    rows_refused = rows_refused + $2, rows_changed = rows_changed + $3, notices = notices + $4
where id = $1 returning rows_refused + rows_changed + notices
"""  # nosec B608 -- constants
_FINDINGS = """
insert into import_findings (run_id, severity, number, row, handle, "column", code, message)
select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
"""
_END = """
update import_runs set state = $2, error = $3, finished_at = statement_timestamp()
where id = $1 and state = 'running'
"""
_PAGE = """
select number, row, handle, "column", code, message, severity from import_findings
where run_id = $1 and severity = $2 and number > $3 order by number limit $4
"""


class RunImport(msgspec.Struct, frozen=True):
    """Run an import."""

    # Which run.
    run_id: UUID


class RunOptions(msgspec.Struct, frozen=True):
    """How a file is to be read and what is to be done. columns: index -> field; None: the column is ignored."""

    currency: str
    stock: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    remove_prices: str | None = None
    columns: dict[int, str | None] = {}


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is stored. rows and products are None until the file was read."""

    id: UUID
    file_id: UUID
    file_name: str
    file_encoding: str | None
    dry_run: bool
    options: RunOptions
    state: str
    rows: int | None
    products: int | None
    products_done: int
    last_slug: str | None
    created: int
    updated: int
    unchanged: int
    refused: int
    stock_set: int
    stock_changed: int
    retired: int
    prices_removed: int
    rows_refused: int
    rows_changed: int
    notices: int
    error: str | None
    account_id: UUID
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run found in a row; `number` says its place among the findings of the run."""

    number: int
    row: int
    handle: str
    column: str | None
    code: str
    message: str
    severity: str


_options = msgspec.json.Decoder(RunOptions, strict=False)


def _run(*, options: str, **columns: Any) -> Run:
    return Run(options=_options.decode(options), **columns)


async def add(
    tx: WriteTx, run_id: UUID, file_id: UUID, options: RunOptions, account_id: UUID, *, dry_run: bool
) -> bool:
    """Whether it was added; if not, it is here already, or there is no such file."""
    wanted = msgspec.json.encode(options).decode()
    return bool(await tx.execute(_ADD, run_id, file_id, dry_run, wanted, account_id))


async def find(tx: ReadTx, run_id: UUID) -> Run | None:
    """None: there is none, or it is forgotten."""
    return await tx.row(_run, _RUN, run_id)


async def page(tx: ReadTx, before: UUID | None, limit: int) -> list[Run]:
    """The newest first."""
    return await tx.rows(_run, _RUNS, before, limit)


async def start(tx: WriteTx, run_id: UUID) -> Run | None:
    """The run, begun or gone on with; None: it is over, or forgotten."""
    return await find(tx, run_id) if await tx.execute(_START, run_id) else None


async def content(tx: ReadTx, run_id: UUID) -> bytes:
    """The bytes of its file; empty where it was forgotten meanwhile."""
    return bytes(await tx.value(_CONTENT, run_id) or b"")


async def read(tx: WriteTx, run_id: UUID, rows: int, products: int) -> bool:
    """Write down what the file holds, once."""
    return bool(await tx.execute(_READ, run_id, rows, products))


async def advance(tx: WriteTx, run_id: UUID, done: int, part: Sequence[ProductDraft]) -> bool:
    """Count the part as done and lock the run; False: another has done it, or the run is over."""
    return bool(await tx.execute(_ADVANCE, run_id, done, done + len(part), part[-1].slug))


async def add_result(tx: WriteTx, run_id: UUID, result: ImportResult) -> None:
    """Add the counts and findings of a part, while the run is locked."""
    problems = result.problems
    by_weight = [sum(each.severity == name for each in problems) for name in ("refused", "changed", "notice")]
    found: int | None = await tx.value(_COUNT, run_id, *by_weight, *(getattr(result, name) for name in COUNTS))
    before = (found or 0) - len(problems)
    await _keep(tx, run_id, before, problems[: max(MOST_FINDINGS - before, 0)])


async def _keep(tx: WriteTx, run_id: UUID, before: int, problems: Sequence[RowProblem]) -> None:
    if problems:
        numbers = list(range(before + 1, before + 1 + len(problems)))
        names = ("row", "handle", "column", "code", "message")
        columns = ([getattr(each, name) for each in problems] for name in names)
        await tx.execute(_FINDINGS, run_id, [each.severity for each in problems], numbers, *columns)


async def end(tx: WriteTx, run_id: UUID, error: str | None = None) -> bool:
    """Whether it was running."""
    return bool(await tx.execute(_END, run_id, "failed" if error else "done", error))


async def findings(tx: ReadTx, run_id: UUID, severity: str, after: int, limit: int) -> list[Finding]:
    """Those of one weight, in the order in which they were found."""
    return await tx.rows(Finding, _PAGE, run_id, severity, after, limit)
