"""The specification of a process: command, environment, start order and readiness probe."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from mercat.stack.probes import Probe


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How to run one process.

    It starts when all processes in `depends_on` are ready; `ready` probes whether it is ready itself, for at most
    `ready_timeout` seconds. `once` is a task that ends by itself; if an `optional` one fails, the store goes on. Higher
    `layer`s stop first, by `stop_signal`, and are killed after `stop_timeout` seconds. `source_paths` are files and
    folders that it reads once, at its start. `service` is the service that it belongs to, if any.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    about: str = ""
    depends_on: tuple[str, ...] = ()
    ready: Probe | None = None
    port: int | None = None
    once: bool = False
    optional: bool = False
    layer: int = 1
    stop_signal: int = signal.SIGTERM
    stop_timeout: float = 25.0
    ready_timeout: float = 60.0
    source_paths: tuple[Path, ...] = ()
    service: str = ""
