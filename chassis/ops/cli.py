"""What a service has given up, and how it is set going again; whether the books are right; and who did what.

`python -m chassis.ops list`, `redrive`, `release`, `discard`, `restart`, `audit`, `audit-chain` or `after-restore`;
each lists its options with --help. It runs in a service's environment: DATABASE_URL, from the environment or from
MERCAT_SECRETS_DIR, is the service's own. `books SERVICE...` reads DATABASE_URL_<SERVICE>, or <service>_auditor_url in
MERCAT_SECRETS_DIR. It ends with 0 when something was done or the books are right, with 1 when there was nothing
to do or something is wrong, with 2 when it could not be done. With --json it prints one object.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec

from chassis import inbox, jobs
from chassis.config.settings import WrongSettings
from chassis.db import UNREACHABLE, Database
from chassis.ops import audited, books, books_server, chained, held
from chassis.ops.outcome import DONE, FAILED, NOTHING, CannotRun, Outcome
from chassis.problems import Unavailable

__all__ = ["DONE", "FAILED", "NOTHING", "CannotRun", "Outcome", "main", "parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    words = argparse.ArgumentParser(prog="python -m chassis.ops", description=__doc__)
    commands = words.add_subparsers(dest="command", required=True)

    def command(name: str, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.add_argument("--json", action="store_true", help="for programs")
        return added

    command("list", "Show the jobs held, the events given up and the logs that are not followed any more.")
    redrive = command("redrive", "Try events again that were given up: the oldest of each aggregate, then its others.")
    redrive.add_argument("--producer", help="only those of this service")
    redrive.add_argument("--only", metavar="ID", help="only the aggregate of this id, or of this event")
    release = command("release", "Do jobs that are held, as if they had not been tried.")
    release.add_argument("--name", help="only those of this name")
    release.add_argument("--job", type=int, metavar="ID", help="only this one")
    discard = command("discard", "Give up for good: one event given up, or one job held. It will never take effect.")
    _what_to_discard(discard)
    restart = command("restart", "Follow a service again from the beginning of what it keeps, 7 days.")
    restart.add_argument("producer")
    check = command("books", "Check the books: what must be true within each service, and what services must agree on.")
    check.add_argument("services", nargs="+", metavar="SERVICE")
    check.add_argument("--days", type=float, default=2, help="compare services on the orders of so many days (2)")
    check.add_argument(
        "--grace", type=float, default=120, metavar="MINUTES", help="what is younger may be under way (120)"
    )
    check.add_argument("--serve", type=int, metavar="PORT", help="check again each minute, and expose the faults found")
    check.add_argument("--host", default="127.0.0.1", help="the address that --serve listens at")
    audited.add_options(command("audit", "What a session, an account or an address did. The reading is recorded, too."))
    chained.add_options(command("audit-chain", "Whether the audit log is as it was written: its chain of hashes."))
    restored = command("after-restore", "Before a service runs on a database that was restored to an earlier moment.")
    restored.add_argument("service")
    restored.add_argument(
        "--restored-to", type=audited.moment, required=True, metavar="TIME", help="such as 2026-11-28T12:00:00Z"
    )
    for risky in (discard, restart, restored):
        risky.add_argument("--yes", action="store_true", help="it cannot be undone: say that you mean it")
    return words


def _what_to_discard(words: argparse.ArgumentParser) -> None:
    which = words.add_mutually_exclusive_group(required=True)
    which.add_argument("--event", metavar="ID")
    which.add_argument("--job", type=int, metavar="ID")
    words.add_argument("--producer", help="the service that published the event, where two have one of this id")


async def run(given: argparse.Namespace) -> Outcome:
    """Do what was asked.

    Raises:
        CannotRun: no --yes, no database, or one without our tables.
    """
    if given.command == "books":
        return await _books(given)
    if not getattr(given, "yes", True):
        raise CannotRun(f"{_WARNINGS[given.command]} If you mean it, say --yes. Nothing was changed.")
    db = Database(_database_url(), name="ops", size=1)
    try:
        await db.connect()
        return await _COMMANDS[given.command](db, given)
    except Unavailable as error:
        raise CannotRun(f"{error.detail} Run it again when that is mended: nothing is done twice.") from error
    except UNREACHABLE as error:
        raise CannotRun(f"The database does not answer, or is busy; try again. {error}") from error
    except asyncpg.UndefinedTableError as error:
        raise CannotRun("This database has no such tables yet: run `python -m chassis.db.migrate` for it.") from error
    except (asyncpg.PostgresError, ValueError) as error:
        raise CannotRun(f"DATABASE_URL cannot be used: {error}") from error
    finally:
        await db.close()


_WARNINGS = {
    "discard": "What is discarded never takes effect, and cannot be restored.",
    "restart": "All that is kept of the log is handled again, also what was handled before: it may do things twice.",
    "after-restore": "It ends sessions, and adopts what the payment provider has of this shop since that moment.",
}


async def _list(db: Database, _given: argparse.Namespace) -> Outcome:
    async with db.read() as tx:
        found = await held.look(tx)
    hint = "redrive tries events, release does jobs, discard gives one up, restart follows a log again: see --help."
    any_held = bool(found.jobs or found.events or found.stopped)
    return Outcome(DONE, msgspec.to_builtins(found), "\n".join(held.lines(found) + ([hint] if any_held else [])))


async def _redrive(db: Database, given: argparse.Namespace) -> Outcome:
    async with db.write() as tx:
        count = await inbox.redrive(tx, given.producer, given.only)
    done = f"Set going again: {count} aggregates, the oldest event of each first. In a few seconds, `list` tells more."
    return _counted("redriven", count, done, "No such event was given up")


async def _release(db: Database, given: argparse.Namespace) -> Outcome:
    async with db.write() as tx:
        count = await jobs.release(tx, given.name, given.job)
    return _counted("released", count, f"Released: {count} jobs. `list` tells how they end.", "No such job is held")


async def _discard(db: Database, given: argparse.Namespace) -> Outcome:
    async with db.write() as tx:
        if given.event:
            try:
                gone: object = await inbox.discard(tx, given.event, given.producer)
            except inbox.ManyProducers as many:
                raise CannotRun(f"{many}, by --producer. Nothing was changed.") from many
        else:
            gone = await jobs.discard(tx, given.job)
    nothing = "No such event was given up, or it waits behind an older one" if given.event else "No such job is held"
    return _counted("discarded", int(gone is not None), "Discarded. Events behind it are tried now.", nothing)


async def _restart(db: Database, given: argparse.Namespace) -> Outcome:
    async with db.write() as tx:
        known = await inbox.restart(tx, given.producer)
    done = f"{given.producer} is followed from the beginning of what it keeps. In a few seconds, `list` tells more."
    return _counted("restarted", int(known), done, f"{given.producer} was never followed here")


async def _books(given: argparse.Namespace) -> Outcome:
    try:
        urls = {service: _auditor_url(service) for service in given.services}
        grace = timedelta(minutes=given.grace)
        if given.serve is not None:
            return await _serve(given, books.runs(urls, given.days, grace))
        found = await books.complaints(urls, days=given.days, grace=grace)
    except (asyncpg.PostgresError, OSError, ValueError) as error:
        raise CannotRun(f"The books cannot be checked: {error or type(error).__name__}") from error
    right = f"The books are right: {', '.join(given.services)}."
    return Outcome(NOTHING if found else DONE, {"wrong": found}, "\n".join(found) or right)


async def _serve(given: argparse.Namespace, runs: list[books.Run]) -> Outcome:
    task = asyncio.create_task(books_server.serve(runs, given.serve, given.host))
    with suppress(RuntimeError):  # only the main thread is given signals
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return Outcome(DONE, {}, "Ended.")
    except books_server.Hopeless:
        raise CannotRun("No check of the books could be made for 5 minutes: is the database there?") from None


async def _after_restore(_db: Database, given: argparse.Namespace) -> Outcome:
    try:
        lines = await importlib.import_module(f"{given.service}.app").app.state.after_restore(given.restored_to)
    except ModuleNotFoundError as missing:
        raise CannotRun(f"There is no service {given.service} here: {missing}.") from missing
    except WrongSettings as wrong:
        raise CannotRun(f"It needs the whole environment of {given.service}. {wrong}") from None
    return Outcome(DONE, {"done": lines}, "\n".join([*lines, f"{given.service} may serve."]))


def _counted(what: str, count: int, done: str, nothing: str) -> Outcome:
    if count:
        return Outcome(DONE, {what: count}, done)
    return Outcome(NOTHING, {what: 0}, f"{nothing}: `list` shows what there is. Nothing was changed.")


_COMMANDS = {
    "audit": audited.show,
    "audit-chain": chained.verify,
    "list": _list,
    "redrive": _redrive,
    "release": _release,
    "discard": _discard,
    "restart": _restart,
    "after-restore": _after_restore,
}


def _database_url() -> str:
    return _given("DATABASE_URL", "database_url")


def _auditor_url(service: str) -> str:
    return _given(f"DATABASE_URL_{service.upper()}", f"{service}_auditor_url")


def _given(variable: str, file: str) -> str:
    found = os.environ.get(variable)
    secret = Path(os.environ.get("MERCAT_SECRETS_DIR", ""), file)
    if not found and "MERCAT_SECRETS_DIR" in os.environ and secret.is_file():
        found = secret.read_text(encoding="utf-8").strip()
    if not found:
        raise CannotRun(f"{variable} is needed: run this in the environment of the service that it is about.")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0, or FAILED where it could not be run."""
    given = parser().parse_args(argv)
    try:
        outcome = asyncio.run(run(given))
    except CannotRun as reason:
        print(reason, file=sys.stderr)  # noqa: T201 -- a command's answer
        return FAILED
    print(msgspec.json.encode(outcome.fields).decode() if given.json else outcome.text)  # noqa: T201 -- see above
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
