"""What a piece of work costs in PostgreSQL, counted: statements, transactions, events, jobs, notifications, WAL bytes.

    async with counted(bench.postgres, database_name("payments")) as cost:
        ...
    assert cost.of("payments").statements == 9, cost.told()

None of it depends on how fast the machine is. The counts are of everything that happens in the database meanwhile: of
every process, and of the work that goes on by itself, which `of` tells apart by the connections' names ("payments" are
a service's pools, "payments-dedicated" its background work).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from chassis.testing.waiting import eventually
from local_servers import embedded

CHANNELS = ("jobs", "outbox")
_SETTINGS = {"log_statement": "all", "log_line_prefix": "%p|%d|%a|", "log_parameter_max_length": "0"}
_LINE = re.compile(r"(?P<session>\d+)\|(?P<database>[^|]*)\|(?P<application>[^|]*)\|(?P<level>[A-Z]+): +(?P<text>.*)")
_STATEMENT = re.compile(r"(?:statement|execute [^:]*): (?P<sql>.*)", re.DOTALL)
_WRITES = re.compile(r"\b(insert|update|delete)\b|pg_notify", re.IGNORECASE)
# What the library asks about types, and switches off for that time.
_OF_A_NEW_CONNECTION = re.compile(r"pg_catalog\.|set_config\('jit'|current_setting\('jit'\)")
# What every service does by itself: it follows others, asks for ended sessions, and chains its audit log.
_BY_ITSELF = ("inbox_cursor", "inbox_dead", "revoked_sessions", "log.epoch", "session_id, ended_at", "audit_chain")
# Whether all transactions of the database have ended that had begun before a moment.
_ENDED = """
select not exists (
    select from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
      and pid <> pg_backend_pid() and xact_start < $1
)
"""
# A sweep's, or a poller's. Within a transaction it belongs to that.
_TIME = "select now()"
# The position in the log of writes, and how many rows each of the two tables ever got.
_STATE = """
select pg_current_wal_insert_lsn() - '0/0' as wal, coalesce(pg_sequence_last_value('outbox_id_seq'), 0) as events,
       coalesce(pg_sequence_last_value('jobs_id_seq'), 0) as jobs
"""

# Whether the periodic work of a service that runs here has been done once, as it is at every start. A test may have
# taken the lease of some for an hour.
_RESTS = """
select not exists (
    select from pg_stat_activity where datname = current_database() and application_name like '%-dedicated'
) or coalesce(bool_and(ended_at is not null or leased_until > now() + interval '10 minutes'), false) from job_schedule
"""


@dataclass(frozen=True)
class Statement:
    """As it was run, its white space made one space; `alone`: outside any transaction of several statements."""

    session: int
    application: str
    sql: str
    alone: bool

    @property
    def ends(self) -> bool:
        """Whether it ends a transaction of several statements."""
        sql = self.sql.lower()
        return sql.startswith(("commit", "rollback")) and "to savepoint" not in sql


@dataclass
class Cost:
    """What was counted, once the block has ended. `wal_bytes` are of the whole server: allow for some more."""

    ran: list[Statement] = field(default_factory=list)
    events: int = 0
    jobs: int = 0
    notifications: int = 0
    wal_bytes: int = 0

    def of(self, *applications: str) -> Cost:
        """The same of the connections of these names alone; the numbers beside the statements stay."""
        ran = [each for each in self.ran if each.application in applications]
        return Cost(ran, self.events, self.jobs, self.notifications, self.wal_bytes)

    def work(self, service: str, *by_itself: str) -> Cost:
        """What a service's pools ran for those who asked: without following, watching, and what `by_itself` names.

        `by_itself` are parts of SQL: a transaction is left out whole where one is found in one of its statements.
        """
        left_out = (*_BY_ITSELF, *by_itself)
        kept: list[Statement] = []
        begun: dict[int, list[Statement]] = {}
        for each in self.of(service).ran:
            whole = begun.setdefault(each.session, [])
            whole.append(each)
            if each.alone or each.ends:
                del begun[each.session]
                left = each.alone and each.sql == _TIME
                kept += [] if left or any(part in one.sql for one in whole for part in left_out) else whole
        return Cost(kept, self.events, self.jobs, self.notifications, self.wal_bytes)

    @property
    def statements(self) -> int:
        """Round trips with a statement: BEGIN, COMMIT and savepoints are among them."""
        return len(self.ran)

    @property
    def begun(self) -> int:
        """Transactions of several statements."""
        return sum(each.sql.lower().startswith("begin") for each in self.ran)

    @property
    def commits(self) -> int:
        """Commits of something written: of such transactions, and of single statements that write."""
        ended = sum(each.sql.lower().startswith("commit") for each in self.ran)
        return ended + sum(each.alone and _WRITES.search(each.sql) is not None for each in self.ran)

    @property
    def kinds(self) -> Counter[tuple[str, str]]:
        """How often each statement ran, by the connections' name and its SQL."""
        return Counter((each.application, each.sql) for each in self.ran)

    def told(self) -> str:
        """All of it in words, for the message of a failed assertion."""
        lines = [f"{count:4d} {name}: {sql[:150]}" for (name, sql), count in self.kinds.items()]
        ran = f"{self.statements} statements, {self.begun} transactions, {self.commits} commits"
        rest = (
            f"{self.events} events, {self.jobs} jobs, {self.notifications} notifications, {self.wal_bytes} bytes of WAL"
        )
        return "\n".join([f"{ran}, {rest}", *lines])


@asynccontextmanager
async def counted(server: embedded.Postgres, database: str) -> AsyncIterator[Cost]:
    """Count until the block ends, from when a service's first periodic work has ended. What is to be counted has to
    have ended by then. Of a transaction that had begun before, nothing is counted.

    The server is one of chassis.testing.servers. What a connection asks about types at its start is left out.
    """
    log = server.data.parent / "log"
    url = server.url(database)
    cost = Cost()
    connection = await asyncpg.connect(url, server_settings={"application_name": "counting"})
    try:
        await eventually(lambda: connection.fetchval(_RESTS), what="an end of the first periodic work")
        await _logging(server, on=True)
        for channel in CHANNELS:
            await connection.add_listener(channel, lambda *_: _one_more(cost))
        early, logged = log.stat().st_size, await connection.fetchval("select clock_timestamp()")
        await eventually(lambda: connection.fetchval(_ENDED, logged), what="an end of what is not logged whole")
        before, begin = await connection.fetchrow(_STATE), log.stat().st_size
        assert before is not None  # noqa: S101 -- there is always one row
        yield cost
        # Notifications of what was committed before come with this answer at the latest.
        after = await connection.fetchrow(_STATE)
        assert after is not None  # noqa: S101 -- as above
        cost.wal_bytes = int(after["wal"] - before["wal"])
        cost.events, cost.jobs = after["events"] - before["events"], after["jobs"] - before["jobs"]
        earlier = _begun(_statements(_read(log, early, begin), database))
        cost.ran += _without(_statements(_read(log, begin), database, earlier), earlier)
    finally:
        await connection.close()
        await _logging(server, on=False)


def _one_more(cost: Cost) -> None:
    cost.notifications += 1


async def _logging(server: embedded.Postgres, *, on: bool) -> None:
    """Have every session log its statements, or no longer.

    A connection begun after the server has read its settings again sees them: by then all sessions have been told.
    """
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        for name, value in _SETTINGS.items():
            await connection.execute(f"alter system set {name} = '{value}'" if on else f"alter system reset {name}")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()

    async def read_again() -> bool:
        fresh = await asyncpg.connect(server.url("postgres"))
        try:
            return bool((await fresh.fetchval("show log_statement") == "all") is on)
        finally:
            await fresh.close()

    await eventually(read_again, what="the server's settings")


def _read(log: Path, begin: int, end: int | None = None) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        return file.read(-1 if end is None else end - begin).decode(errors="replace")


def _statements(text: str, database: str, begun: AbstractSet[int] = frozenset()) -> Iterator[Statement]:
    """A statement of several lines goes on in lines that begin with a tab. `begun`: sessions within a transaction."""
    inside = set(begun)
    for entry in re.split(r"\n(?!\t)", text):
        line = _LINE.match(entry.replace("\n\t", " "))
        found = _STATEMENT.match(line["text"]) if line and line["level"] == "LOG" else None
        if line is None or found is None or line["database"] != database or line["application"] == "counting":
            continue
        sql, session = " ".join(found["sql"].split()), int(line["session"])
        if _OF_A_NEW_CONNECTION.search(sql):
            continue
        if _begins(sql):
            inside.add(session)
        statement = Statement(session, line["application"], sql, session not in inside)
        yield statement
        if statement.ends:
            inside.discard(session)


def _begins(sql: str) -> bool:
    return sql.split(" ", 1)[0].rstrip(";").lower() == "begin"


def _begun(ran: Iterable[Statement]) -> frozenset[int]:
    """The sessions that are within a transaction once these have run."""
    inside: set[int] = set()
    for each in ran:
        if _begins(each.sql):
            inside.add(each.session)
        elif each.ends:
            inside.discard(each.session)
    return frozenset(inside)


def _without(ran: Iterable[Statement], begun: frozenset[int]) -> Iterator[Statement]:
    """Leave out the rest of the transactions that these sessions are within."""
    inside = set(begun)
    for each in ran:
        if each.session not in inside:
            yield each
        elif each.ends:
            inside.discard(each.session)
