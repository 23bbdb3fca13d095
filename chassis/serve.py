"""Runs one service in this process: `python -m chassis.serve catalog --port 8002`.

granian by default; `--server uvicorn` runs the same application. One process: to scale is to start another. Access logs
of the server stay off, the middleware writes one line a request.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import signal
import sys
from typing import Any

import uvloop

GRACE_SECONDS = 20
BACKLOG = 2048
# Python's own is (700, 10, 10): with many requests under way at once, a fifth of the CPU went into looking for cycles.
COLLECTOR = (5_000, 20, 20)


def granian(app: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, within this process: a process beside it to watch over it would cost 15 MB.

    Raises:
        SystemExit: the application did not start.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    server = Server(
        *(app, host, port),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_level=LogLevels.error,
    )
    server.workers_kill_timeout = 2 * GRACE_SECONDS  # for its requests, and then for the end of its work

    async def serve() -> None:
        stop, loop = server.stop, asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
        await server.serve()

    uvloop.run(serve())
    if server.interrupt_children:
        sys.exit(1)


def uvicorn(app: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, as `granian` does. It lasts longer to import."""
    import uvicorn as server

    server.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def collect_less_often() -> None:
    """Have the garbage collector run less often, and never look at what was imported."""
    gc.freeze()  # no collection before: importing leaves no cycles, and looking for them takes 50 ms
    gc.set_threshold(*COLLECTOR)
    gc.enable()


def load(package: str) -> Any:
    """Import the application of a service, without what it does not need."""
    # structlog imports it where it is installed, for colours that a log file does not have: 4 MB a process.
    sys.modules["rich"] = None  # type: ignore[assignment]  # None makes its import fail, as if it were not installed
    gc.disable()  # until all is imported: a tenth of the time that takes
    return importlib.import_module(f"{package}.app").app


def main() -> None:
    """Become the server of the package that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help='a service, such as "catalog"')
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server", choices=("granian", "uvicorn"), default="granian")
    arguments = parser.parse_args()
    app = load(arguments.package)
    collect_less_often()
    serve = granian if arguments.server == "granian" else uvicorn
    serve(app, arguments.host, arguments.port)


if __name__ == "__main__":
    main()
