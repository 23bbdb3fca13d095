"""The command `dev`: services reload their code when it is saved, and their logs are shown."""

from __future__ import annotations

import importlib.util
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mercat.commands import logs, render
from mercat.commands.apply import apply_changes
from mercat.config import services, source_changes
from mercat.installation import CommandError, Installation, locate

if TYPE_CHECKING:
    from rich.console import Console

_POLL_INTERVAL = 0.2


def dev(installation: Installation, service: str | None, *, alive: Callable[[], bool]) -> None:
    """Run one service or all in development until Ctrl-C or the store's end.

    The service's own process reloads its code (see `dev_server`). This command watches the other files: migrations,
    service.yaml and .env.

    Raises:
        CommandError: there is no such service, or packages for developers are missing.
    """
    known = [spec.name for spec in services.discover(installation.root)]
    if service is not None and service not in known:
        raise CommandError(f"There is no service {service!r}. There are: {', '.join(known)}")
    if importlib.util.find_spec("uvicorn") is None:
        raise CommandError("This takes the packages for developers. Install them, in the project's folder: make dev")
    names = [service] if service else known
    out = render.console()
    ended = threading.Event()
    follow = {"raw": False, "alive": lambda: not ended.is_set()}
    log = threading.Thread(target=logs.follow, args=(installation, service), kwargs=follow)
    # A closed terminal is handled like Ctrl-C, so that the services do not stay in development.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        apply_changes(installation, out, only=names, dev=dict.fromkeys(names, True))
        out.print(f"[bold]{', '.join(names)}[/] and the chassis are watched. Ctrl-C ends that; the store goes on.")
        log.start()
        _watch(installation, names, out, alive)
    except KeyboardInterrupt:
        out.print()
    finally:
        ended.set()
        if log.ident is not None:
            log.join()
        if alive():
            apply_changes(with_current_settings(installation), out, only=names, dev=dict.fromkeys(names, False))


def with_current_settings(installation: Installation) -> Installation:
    """The same installation with the user's settings as they are now."""
    return locate(offset=installation.offset, replicas=installation.replicas)


def _watch(installation: Installation, names: list[str], out: Console, alive: Callable[[], bool]) -> None:
    paths = [installation.root / ".env", installation.root / "chassis" / "migrations"]
    for name in names:
        folder = installation.root / "services" / name
        paths += [folder / "service.yaml", folder / "migrations"]
    seen = source_changes.snapshot(paths)
    while alive():
        time.sleep(_POLL_INTERVAL)
        now = source_changes.snapshot(paths)
        saved = source_changes.changed_files(seen, now)
        seen = now
        if saved:
            _apply_saved(installation, names, saved, out)


def _apply_saved(installation: Installation, names: list[str], saved: list[Path], out: Console) -> None:
    out.print(f"[cyan]↻[/] {', '.join(str(path.relative_to(installation.root)) for path in saved[:3])}")
    try:
        apply_changes(with_current_settings(installation), out, only=names)
    except CommandError as error:
        out.print("[red]✗[/] ", end="")
        out.print(str(error), markup=False)
