"""What a process of the store is: its command, its settings, its order, and how one knows that it is ready."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from mercat.probes import Probe


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the plan.

    `needs` are names that must be ready before; `ready` tells when it is itself. `once` means a task that ends by
    itself, and `optional` that its failure is told and the store goes on. Those of a higher `layer` are stopped first;
    `stop_signal` asks for an orderly end within `grace` seconds. `sources` are files and folders that it reads once, at
    its start; `service` is the service that it is a replica or a task of.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    about: str = ""
    needs: tuple[str, ...] = ()
    ready: Probe | None = None
    port: int | None = None
    once: bool = False
    optional: bool = False
    layer: int = 1
    stop_signal: int = signal.SIGTERM
    grace: float = 25.0
    patience: float = 60.0
    sources: tuple[Path, ...] = ()
    service: str = ""
