"""Runs one service in this process: `python -m chassis.serve catalog --port 8002`.

granian by default; `--server uvicorn` runs the same application. One worker a process: to scale is to start another.
Access logs of the server stay off, the middleware writes one line a request.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from typing import Any

from chassis.resilience.parent_death import die_with_parent

GRACE_SECONDS = 20
# Python's own is (700, 10, 10): with many requests under way at once, a fifth of the CPU went into looking for cycles.
COLLECTOR = (5_000, 20, 20)
_TARGET = "MERCAT_SERVE"


def granian(host: str, port: int) -> list[str]:
    """The command that serves the application by granian."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--factory"),
        *("--host", host, "--port", str(port), "--no-ws", "--http", "1", "--no-access-log", "--log-level", "warning"),
        *("--backlog", "2048", "--workers-kill-timeout", str(GRACE_SECONDS), "--http1-header-read-timeout", "30000"),
        "chassis.serve:application",
    ]


def uvicorn(host: str, port: int) -> list[str]:
    """The command that serves the application by uvicorn."""
    return [
        *(sys.executable, "-m", "uvicorn", "--loop", "uvloop", "--http", "httptools", "--host", host, "--factory"),
        *("--port", str(port), "--no-access-log", "--log-level", "warning", "--no-server-header", "--backlog", "2048"),
        *("--timeout-graceful-shutdown", str(GRACE_SECONDS), "--no-proxy-headers", "--ws", "none"),
        "chassis.serve:application",
    ]


def application() -> Any:
    """`app` of the package that this process serves.

    granian works in a child process. Were only its parent killed, the child would go on serving, unknown to anybody.
    """
    die_with_parent()
    app = importlib.import_module(f"{os.environ[_TARGET]}.app").app
    collect_less_often()
    return app


def collect_less_often() -> None:
    """Have the garbage collector run less often, and never look at what was there before."""
    gc.freeze()  # no collection before: importing leaves no cycles, and looking for them takes 50 ms
    gc.set_threshold(*COLLECTOR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help='a service, such as "catalog"')
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server", choices=("granian", "uvicorn"), default="granian")
    arguments = parser.parse_args()
    build = granian if arguments.server == "granian" else uvicorn
    argv = build(arguments.host, arguments.port)
    os.execve(argv[0], argv, {**os.environ, _TARGET: arguments.package})  # noqa: S606 -- to replace it is the purpose


if __name__ == "__main__":
    main()
