"""The program of the supervisor: `python -m mercat.stack.supervisor_main --lock FD ...`.

The command `up` starts it and hands it the store's lock as an open file. It ends on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import resource
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from functools import partial

from mercat.installation import CommandError, Installation, locate
from mercat.stack import control_server
from mercat.stack.control_protocol import ApplyRequest, socket_path
from mercat.stack.desired_state import prepare
from mercat.stack.reconcile import Report, reconcile
from mercat.stack.runner import StartFailed
from mercat.stack.status_file import StackStatus, StatusFile
from mercat.stack.supervisor import Supervisor, log_line

_MAX_OPEN_FILES = 10_240


async def supervise(installation: Installation, status_file: StatusFile, *, seed: bool) -> None:
    """Prepare the files of a store and run it until SIGTERM or SIGINT."""
    supervisor = Supervisor(prepare(installation, seed=seed), installation, status_file)
    supervisor.loops["control socket"] = _control_loop(supervisor)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    try:
        await supervisor.run()
    except StartFailed as failure:
        supervisor.status.phase = "failed"
        supervisor.status.problem = failure.with_output(installation.logs / f"{failure.name}.log")
        status_file.write(supervisor.status)
        raise


def _control_loop(supervisor: Supervisor) -> Callable[[], Awaitable[None]]:
    """Answers the requests of commands, one after the other."""
    one_at_a_time = asyncio.Lock()

    async def apply(request: ApplyRequest, report: Report) -> list[str]:
        if supervisor.status.phase != "running":
            raise CommandError(f"The store is {supervisor.status.phase}; try again when it runs.")
        async with one_at_a_time:
            return await reconcile(supervisor, request, report)

    return partial(control_server.serve, socket_path(supervisor.installation), apply)


def main(argv: list[str] | None = None) -> None:
    """Run the supervisor. A failed start is in the status file and the log; the exit status is 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--offset", type=int, required=True)
    parser.add_argument("--replicas", type=int, required=True)
    parser.add_argument("--no-seed", action="store_true")
    arguments = parser.parse_args(argv)
    os.set_inheritable(arguments.lock, False)  # child processes must not hold the lock after the supervisor's end
    os.umask(0o077)  # only the owner may read what the store writes
    _raise_file_limit()
    installation = locate(offset=arguments.offset, replicas=arguments.replicas)
    status_file = StatusFile(installation.run)
    log_line(f"the supervisor starts, process {os.getpid()}")
    fail = partial(_fail, status_file)
    try:
        asyncio.run(supervise(installation, status_file, seed=not arguments.no_seed))
    except StartFailed as failure:
        log_line(f"the store did not start: {failure}")
        sys.exit(1)
    except CommandError as error:
        fail(str(error))
        sys.exit(1)
    except Exception:
        fail(f"The supervisor failed:\n\n{traceback.format_exc()}")
        raise
    log_line("the supervisor ends")


def _fail(status_file: StatusFile, problem: str) -> None:
    log_line(f"the store did not start or stay: {problem}")
    status_file.write(StackStatus(pid=os.getpid(), phase="failed", problem=problem))


def _raise_file_limit() -> None:
    """Raise the limit of open files: each connection is one, and some systems allow 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(_MAX_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    faulthandler.enable()  # a crash of the interpreter itself is written to the log
    main()
